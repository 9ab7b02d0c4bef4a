import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useChange } from "../../api/resource";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { usePreferences, useWords } from "../../parts/preferences";
import { TextField } from "../../parts/Field";

// `again`: over the page of somebody whose session has ended.
export function SignInPage({ again = false }: { again?: boolean }) {
  const { say, why, language } = useWords();
  const { setLanguage } = usePreferences();
  const queries = useQueryClient();
  const signIn = useChange("post", "/api/v1/session");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  useEffect(() => {
    document.title = `${say("sign.title")} · ${say("app.name")}`;
  }, [say]);
  const send = () => {
    signIn.mutate(
      { body: code.trim() ? { name: name.trim(), password, code: code.trim() } : { name: name.trim(), password } },
      {
        onSuccess: () => {
          void (again ? queries.invalidateQueries() : queries.resetQueries());
        },
      },
    );
  };
  return (
    <main className="sign">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="brand">
          <Icon name="tower" />
          {say("app.name")}
        </div>
        <h1>{say("sign.title")}</h1>
        {again ? (
          <p className="ban high" role="status" style={{ marginTop: "8px" }}>
            {say("sign.ended")}
          </p>
        ) : null}
        <TextField label={say("sign.name")} style={{ marginTop: "12px" }} name="name" autoComplete="username" autoFocus required maxLength={64} value={name} onChange={setName} />
        <TextField label={say("sign.password")} name="password" type="password" autoComplete="current-password" required maxLength={1024} value={password} onChange={setPassword} />
        <TextField label={say("sign.code")} className="mono" name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={16} value={code} onChange={setCode} />
        {signIn.error ? (
          <p className="ban crit" role="alert" style={{ marginBottom: "12px" }}>
            <Mark kind="refused" tone="c-critical" />
            <span>
              {say("sign.refused", { why: "" })}
              <Hostile text={why(signIn.error.told)} />
            </span>
          </p>
        ) : null}
        <button type="submit" className="btn pri" disabled={signIn.isPending}>
          {say("sign.title")}
        </button>
        <p className="small" style={{ marginTop: "12px" }}>
          <button
            type="button"
            className="btn sm"
            lang={language === "vi" ? "en" : "vi"}
            onClick={() => {
              setLanguage(language === "vi" ? "en" : "vi");
            }}
          >
            {say(language === "vi" ? "me.en" : "me.vi")}
          </button>
        </p>
      </form>
    </main>
  );
}
