import { useState } from "react";
import { useChange } from "../api/resource";
import { Mark } from "./Icon";
import { useWords } from "./preferences";
import { CopyButton } from "./Secret";
import { ErrorBox } from "./States";
import { TextField } from "./Field";

// One's own second factor: made, confirmed by a code; removed by the password where `removable`.
export function SecondFactor({ removable = true, onDone }: { removable?: boolean; onDone?: () => void }) {
  const { say } = useWords();
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const offer = useChange("post", "/api/v1/session/totp");
  const confirm = useChange("post", "/api/v1/session/totp/confirm");
  const remove = useChange("post", "/api/v1/session/totp/remove");
  const secret = offer.data?.secret ?? "";
  const done = confirm.isSuccess ? say("second.on") : remove.isSuccess ? say("second.off") : "";
  const error = offer.error ?? confirm.error ?? remove.error;
  return (
    <>
      <p className="dim">{say("second.note")}</p>
      {error ? <ErrorBox error={error} /> : null}
      {done ? (
        <p className="ban acc" role="status">
          <Mark kind="closed" tone="c-ok" />
          {done}
        </p>
      ) : null}
      {!done && !secret ? (
        <>
          <p style={{ margin: "12px 0" }}>
            <button
              type="button"
              className="btn pri"
              disabled={offer.isPending}
              onClick={() => {
                offer.mutate({});
              }}
            >
              {say("second.make")}
            </button>
          </p>
          {removable ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                remove.mutate({ body: { password } });
              }}
            >
              <TextField label={say("second.password")} type="password" autoComplete="current-password" required maxLength={1024} value={password} onChange={setPassword} />
              <button type="submit" className="btn" disabled={remove.isPending}>
                {say("second.remove")}
              </button>
            </form>
          ) : null}
        </>
      ) : null}
      {!done && secret ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            confirm.mutate(
              { body: { code: code.trim() } },
              {
                onSuccess: () => {
                  onDone?.();
                },
              },
            );
          }}
        >
          <p className="small faint" style={{ marginTop: "12px" }}>
            {say("second.key")}
          </p>
          <div className="row" style={{ marginBottom: "12px" }}>
            <code className="secret" data-testid="secret">
              {secret}
            </code>
            <CopyButton text={secret} />
          </div>
          <TextField label={say("second.code")} className="mono" name="code" inputMode="numeric" autoComplete="one-time-code" required minLength={6} maxLength={16} value={code} onChange={setCode} />
          <button type="submit" className="btn pri" disabled={confirm.isPending}>
            {say("second.confirm")}
          </button>
        </form>
      ) : null}
    </>
  );
}
