// Beside a case: calls for help, with whom to reach today, what was said, and when to ask again.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { callSheet } from "../../api/papers";
import { useChange, useList, useResource } from "../../api/resource";
import type { Case, Escalation } from "../../api/types";
import { formatTime } from "../../base/time";
import { useNow } from "../../parts/clock";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { HelpDialog, LogDialog } from "./HelpDialogs";

function Called({ one }: { one: Escalation }) {
  const { say, span } = useWords();
  const { may } = useMe();
  const now = useNow();
  const whom = useResource("/api/v1/support-contacts");
  const log = useList("/api/v1/escalations/{id}/log", { id: one.id });
  const close = useChange("post", "/api/v1/escalations/{id}/close");
  const [open, setOpen] = useState<"log" | "close" | null>(null);
  const late = one.chase !== null && now > Date.parse(one.chase) ? now - Date.parse(one.chase) : 0;
  const contacts = whom.data?.items.find((each) => each.purpose === one.purpose)?.contacts ?? [];
  const shut = () => {
    setOpen(null);
  };
  return (
    <li data-testid="help">
      <b>{say(`help.purpose.${one.purpose}`)}</b>{" "}
      <span className="state">
        <Mark kind={one.state === "waiting" ? "new" : one.state === "answered" ? "acknowledged" : "closed"} tone={one.state === "closed" ? "c-ok" : ""} />
        {say(`help.state.${one.state}`)}
      </span>
      {one.chase ? <div className={late > 0 ? "c-critical" : "dim"}>{late > 0 ? say("help.overdue", { span: span(late) }) : say("help.chase", { time: formatTime(one.chase) })}</div> : null}
      <div className="small">
        <Hostile text={one.authority || one.role} />
      </div>
      {one.state === "closed" ? null : contacts.length === 0 && whom.data ? (
        <p className="c-unk small">
          <Hostile text={say("help.contacts.none", { who: one.authority || one.role })} />
        </p>
      ) : (
        <ul className="plain">
          {contacts.map((each) => (
            <li key={each.fact} className="small">
              <b className="mono">
                <Hostile text={each.value} />
              </b>{" "}
              <Hostile text={[each.person, each.hours].filter(Boolean).join(", ")} />
            </li>
          ))}
        </ul>
      )}
      <p className="row" style={{ flexWrap: "wrap" }}>
        <a className="btn sm" href={callSheet(one.id)} download>
          <Icon name="download" />
          {say("help.sheet")}
        </a>
        {one.paper ? (
          <Link className="btn sm" to="/papers/$id" params={{ id: one.paper }}>
            {say("help.report")}
          </Link>
        ) : null}
        {may("case:answer") && one.state !== "closed" ? (
          <>
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                setOpen("log");
              }}
            >
              {say("help.log")}
            </button>
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                setOpen("close");
              }}
            >
              {say("help.close")}
            </button>
          </>
        ) : null}
      </p>
      <ol className="plain small" data-testid="help-log">
        {(log.data ?? []).map((entry) => (
          <li key={entry.number} style={{ overflowWrap: "anywhere" }}>
            <span className="faint nw">{formatTime(entry.time)}</span> <b>{say(`help.log.${entry.kind}`)}</b> <Hostile text={[entry.to, entry.person, entry.text].filter(Boolean).join(" · ")} />
          </li>
        ))}
      </ol>
      {open === "log" ? <LogDialog of={one} numbers={contacts.map((each) => each.value)} onClose={shut} /> : null}
      {open === "close" ? (
        <AskDialog
          title={say("help.close")}
          verb={say("help.close")}
          reason
          busy={close.isPending}
          error={close.error}
          onClose={shut}
          onConfirm={(reason) => {
            close.mutate({ id: one.id, body: { reason } }, { onSuccess: shut });
          }}
        />
      ) : null}
    </li>
  );
}

export function Help({ file }: { file: Case }) {
  const { say } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/escalations", { query: { case: file.id } });
  const [asking, setAsking] = useState(false);
  return (
    <section className="sec" aria-labelledby="case-help">
      <header>
        <h2 id="case-help">{say("help.title")}</h2>
        {may("case:answer") && !file.closed ? (
          <button
            type="button"
            className="btn sm end"
            onClick={() => {
              setAsking(true);
            }}
          >
            {say("help.open")}
          </button>
        ) : null}
      </header>
      <Shown reading={list} rows={2}>
        {(all) =>
          all.length === 0 ? (
            <p className="faint">{say("help.none")}</p>
          ) : (
            <ul className="plain">
              {all.map((one) => (
                <Called key={one.id} one={one} />
              ))}
            </ul>
          )
        }
      </Shown>
      {asking ? (
        <HelpDialog
          file={file}
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </section>
  );
}
