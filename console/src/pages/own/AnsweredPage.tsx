// What was answered: what the coordinator says of it, how far verification is, and the files that were sent.
import { addressOf } from "../../api/client";
import { useList, useResource } from "../../api/resource";
import type { CaseItem } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { answerOf, ITEM_MARKS } from "../cases/parts";
import { Subject } from "./OwnItem";

const STATES = ["answered", "working", "removed", "excepted", "closed"] as const;

function Verification({ id }: { id: string }) {
  const { say, number } = useWords();
  const verdict = useResource("/api/v1/case-items/{id}/verdict", { id });
  if (!verdict.data) return null;
  return (
    <p className="small">
      <b>{say(`verdict.kind.${verdict.data.kind}`)}</b>
      {verdict.data.quiet_days > 0 ? ` · ${say("own.quiet", { n: number(verdict.data.quiet_days) })}` : ""}
      {verdict.data.reasons.map((one) => (
        <span key={one.code} className="dim">{` · ${say(`verdict.why.${one.code}`)}`}</span>
      ))}
    </p>
  );
}

export function Files({ id, of }: { id: string; of: "case" | "item" }) {
  const { say, number, bytes } = useWords();
  const ofCase = useList("/api/v1/cases/{id}/attachments", { id, enabled: of === "case" });
  const ofItem = useList("/api/v1/case-items/{id}/attachments", { id, enabled: of === "item" });
  const files = (of === "case" ? ofCase : ofItem).data ?? [];
  if (files.length === 0) return null;
  return (
    <ul className="plain small" aria-label={say("own.files")}>
      {files.map((file) => (
        <li key={file.id}>
          <a className="file" href={addressOf("/api/v1/attachments/{id}/content", { id: file.id })} download>
            <Hostile text={file.name} />
          </a>
          <span className="dim">
            {` · ${bytes(file.bytes)} · ${formatTime(file.added)}`}
            {file.evidence > 0 ? ` · ${say("own.evidence", { n: number(file.evidence) })}` : ""}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Answered({ item }: { item: CaseItem }) {
  const { say } = useWords();
  const kind = answerOf(item.answer);
  return (
    <section className="part" aria-label={item.subject} data-testid="own-answered">
      <div className="row">
        <div className="grow">
          <h2>
            <Hostile text={item.system || item.subject} />
          </h2>
          <Subject item={item} />
        </div>
        <span className="state small">
          <Mark kind={ITEM_MARKS[item.state][0]} tone={ITEM_MARKS[item.state][1]} />
          {say(`item.state.${item.state}`)}
        </span>
      </div>
      <p>
        {kind ? say(`item.answer.${kind}`) : say("item.answer.none")}
        {item.answered ? ` · ${formatTime(item.answered)}` : ""}
        {item.answer_text ? (
          <>
            {": "}
            <Hostile text={item.answer_text} />
          </>
        ) : null}
      </p>
      {item.state === "removed" ? <Verification id={item.id} /> : null}
      <Files id={item.id} of="item" />
    </section>
  );
}

function OfState({ state }: { state: (typeof STATES)[number] }) {
  const list = useList("/api/v1/case-items", { query: { state, limit: "50" } });
  return (
    <Shown reading={list} rows={1}>
      {(items) => (
        <>
          {items.map((item) => (
            <Answered key={item.id} item={item} />
          ))}
          <MoreRows list={list} />
        </>
      )}
    </Shown>
  );
}

export function Page() {
  const { say } = useWords();
  return (
    <>
      <section className="part">
        <h1>{say("page.own.answered")}</h1>
      </section>
      {STATES.map((state) => (
        <OfState key={state} state={state} />
      ))}
    </>
  );
}
