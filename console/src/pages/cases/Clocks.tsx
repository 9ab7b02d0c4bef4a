// Deadlines of a case: how long is left or by how much one is over, who moved or met it, and who was reminded.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { CaseClocks, KeptClock } from "../../api/types";
import { formatTime } from "../../base/time";
import { useNow } from "../../parts/clock";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";

type Deadline = CaseClocks["items"][number];
const localNow = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 16);
const toUtc = (local: string) => new Date(`${local}:00+07:00`).toISOString(); // people write Vietnamese time

function DoneDialog({ id, clock, title, onClose }: { id: string; clock: string; title: string; onClose: () => void }) {
  const { say } = useWords();
  const done = useChange("post", "/api/v1/cases/{id}/deadlines/done");
  const [document, setDocument] = useState("");
  const [sent, setSent] = useState(localNow);
  return (
    <AskDialog
      title={`${say("clock.do.done")}: ${title}`}
      verb={say("clock.do.done")}
      busy={done.isPending}
      error={done.error}
      onClose={onClose}
      onConfirm={() => {
        done.mutate({ id, body: { clock, document, sent: toUtc(sent) } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("clock.document")} name="document" value={document} onChange={setDocument} required maxLength={500} />
      <TextField label={say("clock.sent")} name="sent" type="datetime-local" value={sent} onChange={setSent} required />
    </AskDialog>
  );
}

function MoveDialog({ id, clock, title, onClose }: { id: string; clock: string; title: string; onClose: () => void }) {
  const { say } = useWords();
  const move = useChange("post", "/api/v1/cases/{id}/deadlines/move");
  const [due, setDue] = useState("");
  const [reason, setReason] = useState("");
  return (
    <AskDialog
      title={`${say("clock.do.move")}: ${title}`}
      note={say("clock.move.note")}
      verb={say("clock.do.move")}
      busy={move.isPending}
      error={move.error}
      onClose={onClose}
      onConfirm={() => {
        move.mutate({ id, body: { clock, reason, ...(due ? { due: toUtc(due) } : {}) } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("clock.due")} name="due" type="datetime-local" value={due} onChange={setDue} />
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} required maxLength={4000} />
    </AskDialog>
  );
}

function Told({ clock }: { clock: KeptClock }) {
  const { say } = useWords();
  return clock.told.map((one) => (
    <div key={one.stage} className="small faint">
      {say("clock.told", { stage: one.stage.startsWith("overdue") ? say("clock.stage.over") : one.stage, time: formatTime(one.time), who: "" })}
      {one.to ? <Hostile text={one.to} /> : say("clock.told.nobody")}
    </div>
  ));
}

function Clock({ one, kept, onAsk }: { one: Deadline; kept: KeptClock | undefined; onAsk: (what: "done" | "move") => void }) {
  const { say, span, language } = useWords();
  const { may } = useMe();
  const now = useNow();
  const end = kept ? Date.parse(kept.due) : one.strict === undefined ? undefined : Date.parse(one.strict);
  const open = end !== undefined && !kept?.done;
  const late = open && now >= end && !(one.immediately && !kept);
  return (
    <li>
      <b>{language === "vi" ? one.title_vi : one.title}</b>
      {kept?.done ? (
        <div className="c-ok">
          {say("clock.done", { time: formatTime(kept.done), what: "" })}
          <Hostile text={kept.document} />
          {kept.overdue ? ` · ${say("clock.done.late", { span: span(kept.overdue_seconds * 1000) })}` : ""}
        </div>
      ) : (
        <div className={late ? "c-critical" : ""}>
          {one.immediately ? say("case.due.now") : end === undefined ? say("case.due.waiting") : say("case.due.until", { time: formatTime(new Date(end).toISOString()) })}
          {late ? ` · ${say("case.due.over", { span: span(now - end) })}` : open && !one.immediately ? ` · ${say("clock.left", { span: span(end - now) })}` : ""}
        </div>
      )}
      {kept?.moved ? (
        <div className="small">
          {say("clock.moved", { who: kept.moved_by.replace(/^user:/, ""), time: formatTime(kept.due), why: "" })}
          <Hostile text={kept.moved_reason} />
        </div>
      ) : null}
      {one.extended ? <div className="small faint">{say("case.due.extended", { time: formatTime(one.extended) })}</div> : null}
      {kept ? <Told clock={kept} /> : null}
      <div className="small faint">{one.basis}</div>
      {open && may("case:write") ? (
        <div className="row">
          {(["done", "move"] as const).map((what) => (
            <button
              key={what}
              type="button"
              className="btn sm"
              aria-label={`${say(`clock.do.${what}`)}: ${one.title_vi}`}
              onClick={() => {
                onAsk(what);
              }}
            >
              {say(`clock.do.${what}`)}
            </button>
          ))}
        </div>
      ) : null}
    </li>
  );
}

export function Clocks({ id }: { id: string }) {
  const { say, language } = useWords();
  const due = useResource("/api/v1/cases/{id}/deadlines", { id });
  const [asked, setAsked] = useState<{ what: "done" | "move"; clock: Deadline } | null>(null);
  const close = () => {
    setAsked(null);
  };
  const about = asked ? { id, clock: asked.clock.id, title: language === "vi" ? asked.clock.title_vi : asked.clock.title, onClose: close } : null;
  return (
    <section className="sec" aria-labelledby="case-due">
      <header>
        <h2 id="case-due">{say("case.due")}</h2>
      </header>
      <Shown reading={due} rows={2}>
        {(found) =>
          found.items.length === 0 ? (
            <p className="faint">{say("case.due.none")}</p>
          ) : (
            <ul className="plain">
              {found.items.map((one) => (
                <Clock
                  key={one.id}
                  one={one}
                  kept={found.kept.find((row) => row.id === one.id)}
                  onAsk={(what) => {
                    setAsked({ what, clock: one });
                  }}
                />
              ))}
            </ul>
          )
        }
      </Shown>
      {about && asked?.what === "done" ? <DoneDialog {...about} /> : null}
      {about && asked?.what === "move" ? <MoveDialog {...about} /> : null}
    </section>
  );
}
