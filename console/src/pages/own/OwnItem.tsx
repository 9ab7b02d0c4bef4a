// One machine of an organisation with what to do in three steps, and the answers as buttons.
import { useState } from "react";
import type { CaseItem } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import type { AnswerKind } from "../cases/parts";
import { OwnAnswer } from "./OwnAnswer";

const STEPS = ["look", "clean", "answer"] as const;

// The address below the name of the system, with the port that was seen from outside.
export function Subject({ item }: { item: CaseItem }) {
  const { say } = useWords();
  const parts = [...(item.system ? [item.subject] : []), ...(item.port === undefined ? [] : [say("own.port", { n: String(item.port) })])];
  return parts.length === 0 ? null : (
    <p className="mono small dim">
      <Hostile text={parts.join(" · ")} />
    </p>
  );
}

export function OwnItem({ item }: { item: CaseItem }) {
  const { say } = useWords();
  const [kind, setKind] = useState<AnswerKind | null>(null);
  const button = (one: AnswerKind, primary = false) => (
    <button
      type="button"
      className={primary ? "btn pri" : "btn"}
      aria-label={`${say(`own.do.${one}`)}: ${item.subject}`}
      onClick={() => {
        setKind(one);
      }}
    >
      {primary ? <Icon name="up" /> : null}
      {say(`own.do.${one}`)}
    </button>
  );
  return (
    <section className="part" aria-label={item.subject} data-testid="own-item">
      <div className="row">
        <div className="grow">
          <h2>
            <Hostile text={item.system || item.subject} />
          </h2>
          <Subject item={item} />
        </div>
        {item.relapses > 0 ? (
          <span className="state c-critical small">
            <Mark kind="refused" tone="c-critical" />
            {say("own.relapsed")}
          </span>
        ) : null}
      </div>
      <p>{item.family ? say("own.seen", { time: formatTime(item.last_seen), family: item.family }) : say("own.seen.plain", { time: formatTime(item.last_seen) })}</p>
      {item.returned ? (
        <p className="ban high" data-testid="returned">
          <Icon name="undo" />
          <span>
            <b>{say("own.returned")}</b>
            {": "}
            <Hostile text={item.returned} />
          </span>
        </p>
      ) : null}
      <ol className="ownsteps">
        {STEPS.map((step, at) => (
          <li key={step}>
            <span className="n" aria-hidden="true">
              {at + 1}
            </span>
            <span>
              <b>{say(`own.step.${step}`)}</b>
              <br />
              <span className="dim">{say(`own.step.${step}.how`)}</span>
            </span>
          </li>
        ))}
      </ol>
      <div className="answers">
        {button("removed", true)}
        {button("not-ours")}
        {button("cannot-find")}
      </div>
      <details>
        <summary>{say("own.do.other")}</summary>
        <div className="answers">
          {button("false-report")}
          {button("needs-help")}
          {button("exception")}
        </div>
      </details>
      {kind ? (
        <OwnAnswer
          item={item}
          kind={kind}
          onClose={() => {
            setKind(null);
          }}
        />
      ) : null}
    </section>
  );
}
