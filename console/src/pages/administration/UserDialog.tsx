import { useState } from "react";
import { useChange } from "../../api/resource";
import type { User } from "../../api/types";
import { Dialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Secret } from "../../parts/Secret";
import { ErrorBox } from "../../parts/States";
import { RoleChoice } from "./parts";

type Sure = "" | "lock" | "totp" | "sessions" | "link";

// What an administrator may do with an account of somebody else; each step that cuts off asks once, with the name.
export function UserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { say, number } = useWords();
  const [role, setRole] = useState(user.role);
  const [sure, setSure] = useState<Sure>("");
  const change = useChange("patch", "/api/v1/users/{id}");
  const disable = useChange("post", "/api/v1/users/{id}/disable");
  const enable = useChange("post", "/api/v1/users/{id}/enable");
  const totp = useChange("post", "/api/v1/users/{id}/totp/reset");
  const sessions = useChange("post", "/api/v1/users/{id}/sessions/end");
  const link = useChange("post", "/api/v1/users/{id}/link");
  const { id, name } = user;
  const error = [change, disable, enable, totp, sessions, link].find((one) => one.error)?.error ?? null;
  const done = change.isSuccess ? say("users.changed") : totp.isSuccess ? say("users.totp.done") : sessions.data ? say("users.sessions.done", { n: number(sessions.data.ended) }) : "";
  const after = () => {
    setSure("");
  };
  if (link.data)
    return (
      <Dialog wide title={<Hostile text={say("users.link.of", { name })} />} onClose={onClose}>
        <Secret text={location.origin + link.data.link} note={say("users.link.once")} />
        <footer>
          <button type="button" className="btn pri end" onClick={onClose}>
            {say("do.done")}
          </button>
        </footer>
      </Dialog>
    );
  const question =
    sure === "lock"
      ? say("users.lockednote", { name })
      : sure === "totp"
        ? say("users.totp.note", { name })
        : sure === "sessions"
          ? say("users.sessions.note", { name })
          : sure === "link"
            ? say("users.link.note", { name })
            : "";
  const confirm = () => {
    if (sure === "lock") disable.mutate({ id }, { onSuccess: after });
    else if (sure === "totp") totp.mutate({ id }, { onSuccess: after });
    else if (sure === "sessions") sessions.mutate({ id }, { onSuccess: after });
    else link.mutate({ id });
  };
  const verb = { "": "", lock: say("users.disable", { name }), totp: say("users.totp"), sessions: say("users.sessions"), link: say("users.makelink") }[sure];
  return (
    <Dialog title={<Hostile text={say("users.open", { name })} />} onClose={onClose}>
      {error ? <ErrorBox error={error} /> : null}
      {done ? (
        <p className="ban acc" role="status">
          <Mark kind="closed" tone="c-ok" />
          {done}
        </p>
      ) : null}
      {sure ? (
        <>
          <p>{question}</p>
          <footer>
            <button type="button" className="btn end" data-autofocus onClick={after}>
              {say("do.cancel")}
            </button>
            <button type="button" className="btn stopfill" onClick={confirm}>
              {verb}
            </button>
          </footer>
        </>
      ) : (
        <>
          <form
            className="row"
            onSubmit={(event) => {
              event.preventDefault();
              change.mutate({ id, body: { role } });
            }}
          >
            <RoleChoice role={role} onRole={setRole} />
            <button type="submit" className="btn" disabled={change.isPending || role === user.role}>
              {say("users.setrole")}
            </button>
          </form>
          <div className="row">
            <button
              type="button"
              className="btn"
              onClick={() => {
                setSure("link");
              }}
            >
              {say("users.makelink")}
            </button>
            <button
              type="button"
              className="btn"
              onClick={() => {
                setSure("sessions");
              }}
            >
              {say("users.sessions")}
            </button>
            {user.has_totp ? (
              <button
                type="button"
                className="btn"
                onClick={() => {
                  setSure("totp");
                }}
              >
                {say("users.totp")}
              </button>
            ) : null}
            {user.disabled ? (
              <button
                type="button"
                className="btn"
                disabled={enable.isPending}
                onClick={() => {
                  enable.mutate({ id });
                }}
              >
                {say("users.enable")}
              </button>
            ) : (
              <button
                type="button"
                className="btn"
                onClick={() => {
                  setSure("lock");
                }}
              >
                {say("users.disable", { name })}
              </button>
            )}
          </div>
          <footer>
            <button type="button" className="btn end" data-autofocus onClick={onClose}>
              {say("do.shut")}
            </button>
          </footer>
        </>
      )}
    </Dialog>
  );
}
