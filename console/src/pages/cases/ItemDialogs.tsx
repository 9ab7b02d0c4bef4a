// What is done with an item: an organisation answers, the coordinator judges, and it is closed by evidence or by a person's reason.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { CaseItem } from "../../api/types";
import { formatTime } from "../../base/time";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { ANSWERS, answerOf, type AnswerKind } from "./parts";

interface Props {
  item: CaseItem;
  onClose: () => void;
}
const RESCANS = ["none", "clean", "infected"] as const;
type Rescan = (typeof RESCANS)[number];
const nowLocal = () => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 16);
// What <input type="datetime-local"> gives, in Vietnamese time.
const toUtc = (local: string) => new Date(`${local}:00+07:00`).toISOString();

export function AnswerDialog({ item, onClose }: Props) {
  const { say } = useWords();
  const answer = useChange("post", "/api/v1/case-items/{id}/answer");
  const [kind, setKind] = useState<AnswerKind>("removed");
  const [text, setText] = useState("");
  const [removed, setRemoved] = useState(nowLocal);
  const [tool, setTool] = useState("");
  const [hash, setHash] = useState("");
  const [rescan, setRescan] = useState<Rescan>("clean");
  const [until, setUntil] = useState("");
  const dated = kind === "exception" || kind === "not-ours";
  return (
    <AskDialog
      title={
        <>
          {say("item.do.answer")}
          {": "}
          <Hostile text={item.subject} />
        </>
      }
      verb={say("item.do.answer")}
      busy={answer.isPending}
      error={answer.error}
      onClose={onClose}
      onConfirm={() => {
        answer.mutate(
          {
            id: item.id,
            body: { answer: kind, text, ...(kind === "removed" ? { evidence: { removed: toUtc(removed), tool, hash, rescan, note: text } } : {}), ...(dated && until ? { until: toUtc(until) } : {}) },
          },
          { onSuccess: onClose },
        );
      }}
    >
      <label className="labelled">
        <span>{say("item.answer.kind")}</span>
        <select
          className="input"
          name="answer"
          value={kind}
          onChange={(event) => {
            setKind(answerOf(event.target.value) ?? "removed");
          }}
        >
          {ANSWERS.map((one) => (
            <option key={one} value={one}>
              {say(`item.answer.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {kind === "removed" ? (
        <>
          <TextField label={say("item.evidence.removed")} name="removed" type="datetime-local" value={removed} onChange={setRemoved} required />
          <TextField label={say("item.evidence.tool")} name="tool" value={tool} onChange={setTool} maxLength={500} />
          <TextField label={say("item.evidence.hash")} name="hash" className="mono" value={hash} onChange={setHash} maxLength={64} />
          <label className="labelled">
            <span>{say("item.evidence.rescan")}</span>
            <select
              className="input"
              name="rescan"
              value={rescan}
              onChange={(event) => {
                setRescan(RESCANS.find((one) => one === event.target.value) ?? "none");
              }}
            >
              {RESCANS.map((one) => (
                <option key={one} value={one}>
                  {say(`item.evidence.rescan.${one}`)}
                </option>
              ))}
            </select>
          </label>
        </>
      ) : null}
      {dated ? (
        <TextField label={say(kind === "exception" ? "item.answer.until.exception" : "item.answer.until.not-ours")} name="until" type="datetime-local" value={until} onChange={setUntil} required />
      ) : null}
      <TextField label={say("item.answer.text")} name="text" value={text} onChange={setText} maxLength={4000} required={kind !== "removed"} />
    </AskDialog>
  );
}

export function JudgeDialog({ item, onClose }: Props) {
  const { say } = useWords();
  const judge = useChange("post", "/api/v1/case-items/{id}/judge");
  const [accept, setAccept] = useState(true);
  const [reason, setReason] = useState("");
  const kind = answerOf(item.answer);
  return (
    <AskDialog
      title={
        <>
          {say("item.do.judge")}
          {": "}
          <Hostile text={item.subject} />
        </>
      }
      note={say("item.judge.note")}
      verb={say(accept ? "item.judge.accept" : "item.judge.return")}
      danger={!accept}
      busy={judge.isPending}
      error={judge.error}
      onClose={onClose}
      onConfirm={() => {
        judge.mutate({ id: item.id, body: { accept, reason } }, { onSuccess: onClose });
      }}
    >
      <p>
        <b>{kind ? say(`item.answer.${kind}`) : ""}</b>
        {": "}
        <Hostile text={item.answer_text} />
      </p>
      {([true, false] as const).map((one) => (
        <label key={String(one)} className="row">
          <input
            type="radio"
            name="accept"
            checked={accept === one}
            onChange={() => {
              setAccept(one);
            }}
          />
          {say(one ? "item.judge.accept" : "item.judge.return")}
        </label>
      ))}
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} maxLength={4000} required={!accept} />
    </AskDialog>
  );
}

export function CloseItemDialog({ item, onClose }: Props) {
  const { say, number } = useWords();
  const close = useChange("post", "/api/v1/case-items/{id}/close");
  const verdict = useResource("/api/v1/case-items/{id}/verdict", { id: item.id, every: 10_000 }); // a list may come while it is open
  const [reason, setReason] = useState("");
  return (
    <AskDialog
      title={
        <>
          {say("item.do.close")}
          {": "}
          <Hostile text={item.subject} />
        </>
      }
      note={say("item.close.note")}
      verb={say("item.do.close")}
      busy={close.isPending}
      error={close.error}
      onClose={onClose}
      onConfirm={() => {
        close.mutate({ id: item.id, body: reason.trim() ? { reason } : {} }, { onSuccess: onClose });
      }}
    >
      <Shown reading={verdict} rows={2}>
        {(found) => (
          <>
            <p data-testid="verdict">
              <b>{say(`verdict.kind.${found.kind}`)}</b>
              {found.quiet_days > 0 ? ` · ${number(found.quiet_days)}/${number(found.asked_days)}` : ""}
            </p>
            {found.observed && !found.observed.why_not ? (
              <p className="small">
                {say("watch.observed", {
                  n: number(found.observed.contacts),
                  m: number(found.observed.servers),
                  p: number(Math.floor(found.observed.coverage * 100)),
                  time: formatTime(found.observed.until),
                })}
                {found.observed.of_unknown > 0 ? ` ${say("watch.unknown", { n: number(found.observed.of_unknown) })}` : ""}
              </p>
            ) : null}
            <ul className="plain">
              {found.reasons.map((one) => (
                <li key={one.code}>{say(`verdict.why.${one.code}`)}</li>
              ))}
            </ul>
          </>
        )}
      </Shown>
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} maxLength={4000} />
    </AskDialog>
  );
}
