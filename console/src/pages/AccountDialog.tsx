// One's own account: password, second step, where one is signed in.
import { useState } from "react";
import { formatTime } from "../base/time";
import { useChange, useResource } from "../api/resource";
import { Dialog } from "../parts/Dialog";
import { Hostile } from "../parts/Hostile";
import { Mark } from "../parts/Icon";
import { PasswordForm } from "../parts/PasswordForm";
import { useWords } from "../parts/preferences";
import { SecondFactor } from "../parts/SecondFactor";
import { ErrorBox, Shown } from "../parts/States";

const TABS = ["sessions", "password", "second"] as const;

function OwnSessions() {
  const { say } = useWords();
  const reading = useResource("/api/v1/sessions", { query: { limit: "100" } });
  const end = useChange("delete", "/api/v1/sessions/{id}");
  return (
    <>
      {end.error ? <ErrorBox error={end.error} /> : null}
      <Shown reading={reading} rows={3}>
        {(page) => (
          <ul className="plain">
            {page.items.map((session) => (
              <li key={session.id} className="row">
                <span>
                  <b className="mono">
                    <Hostile text={session.peer} />
                  </b>{" "}
                  <span className="dim small">
                    <Hostile text={session.agent.slice(0, 90)} />
                  </span>
                  <br />
                  <span className="faint small">{say("account.used", { time: formatTime(session.used) })}</span>
                </span>
                {session.current ? (
                  <span className="end state c-ok">
                    <Mark kind="closed" tone="c-ok" />
                    {say("account.this")}
                  </span>
                ) : (
                  <button
                    type="button"
                    className="btn sm end"
                    disabled={end.isPending}
                    onClick={() => {
                      end.mutate({ id: session.id });
                    }}
                  >
                    {say("account.end")}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </>
  );
}

export function AccountDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [tab, setTab] = useState<(typeof TABS)[number]>("sessions");
  const change = useChange("post", "/api/v1/session/password");
  return (
    <Dialog title={say("account.title")} onClose={onClose} wide>
      <div className="row" role="group" aria-label={say("account.title")} style={{ marginBottom: "12px" }}>
        {TABS.map((name, at) => (
          <button
            key={name}
            type="button"
            className="btn sm"
            data-autofocus={at === 0 ? true : undefined}
            aria-pressed={name === tab}
            onClick={() => {
              setTab(name);
            }}
          >
            {say(`account.${name}`)}
          </button>
        ))}
      </div>
      {tab === "sessions" ? (
        <OwnSessions />
      ) : tab === "second" ? (
        <SecondFactor />
      ) : change.isSuccess ? (
        <p className="ban acc" role="status">
          <Mark kind="closed" tone="c-ok" />
          {say("password.changed")}
        </p>
      ) : (
        <PasswordForm
          present
          verb={say("password.change")}
          busy={change.isPending}
          error={change.error}
          onSend={(password, present) => {
            change.mutate({ body: { present, password } });
          }}
        />
      )}
      <footer>
        <button type="button" className="btn end" onClick={onClose}>
          {say("do.shut")}
        </button>
      </footer>
    </Dialog>
  );
}
