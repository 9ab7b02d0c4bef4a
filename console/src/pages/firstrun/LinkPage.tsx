import { useEffect, useState } from "react";
import { change, type ApiError } from "../../api/client";
import { useChange } from "../../api/resource";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { PasswordForm } from "../../parts/PasswordForm";
import { usePreferences, useWords } from "../../parts/preferences";
import { ErrorBox, Loading } from "../../parts/States";

// The one-time link: whose it is, a password, and in. A link that is spent says so and leads to the sign-in.
export function LinkPage({ link }: { link: string }) {
  const { say, language } = useWords();
  const { setLanguage } = usePreferences();
  const redeem = useChange("post", "/api/v1/first-run");
  const [owner, setOwner] = useState<string | null>(null);
  const [refused, setRefused] = useState<ApiError | null>(null);
  useEffect(() => {
    document.title = `${say("first.title")} · ${say("app.name")}`;
  }, [say]);
  useEffect(() => {
    change("post", "/api/v1/first-run/check", {}, { link }).then(
      (answer) => {
        setOwner(answer.name);
      },
      (error: ApiError) => {
        setRefused(error);
      },
    );
  }, [link]);
  const send = (password: string) => {
    redeem.mutate(
      { body: { link, password } },
      {
        onSuccess: (user) => {
          // Signed in at once; with a second step on, the sign-in page asks for its code.
          change("post", "/api/v1/session", {}, { name: user.name, password }).then(
            () => {
              location.replace("/ui/first-run");
            },
            () => {
              location.replace("/ui/");
            },
          );
        },
      },
    );
  };
  return (
    <main className="sign">
      <div className="signbox">
        <div className="brand">
          <Icon name="tower" />
          {say("app.name")}
        </div>
        <h1>{say("first.title")}</h1>
        {refused ? (
          <>
            <ErrorBox error={refused} />
            <p style={{ marginTop: "12px" }}>{say("first.spent")}</p>
            <p>
              <a className="btn" href="/ui/">
                {say("sign.title")}
              </a>
            </p>
          </>
        ) : owner === null ? (
          <Loading rows={3} />
        ) : (
          <>
            <p className="dim" style={{ margin: "8px 0 12px" }}>
              {say("first.for")}{" "}
              <b className="mono">
                <Hostile text={owner} />
              </b>
              {". "}
              {say("first.hint")}
            </p>
            <PasswordForm verb={say("first.set")} busy={redeem.isPending || redeem.isSuccess} error={redeem.error} onSend={send} />
          </>
        )}
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
      </div>
    </main>
  );
}
