// Beside the items of a case: when it may close, how long is left by law, and what happened.
import { useState } from "react";
import { useChange, useList, useResource } from "../../api/resource";
import { formatTime } from "../../base/time";
import { useNow } from "../../parts/clock";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { answerOf, ENTRIES, STAGES } from "./parts";

// What stands in an entry begins with a code that has words, and goes on with what a person wrote.
function useEntryWords() {
  const { say } = useWords();
  return (kind: string, text: string): string => {
    const [code = "", ...rest] = text.split(": ");
    const stage = kind === "stage" ? STAGES.find((one) => one === code) : undefined;
    const answer = kind === "answer" ? answerOf(code) : undefined;
    const judged = kind === "judged" ? (["accepted", "returned"] as const).find((one) => one === code) : undefined;
    const closed = kind === "closed" ? (["verified", "by-person"] as const).find((one) => one === code) : undefined;
    if (closed === "verified") return say("entry.closed.verified");
    const words = stage ? say(`case.stage.${stage}`) : answer ? say(`item.answer.${answer}`) : judged ? say(`entry.judged.${judged}`) : closed ? say(`entry.closed.${closed}`) : "";
    return words ? [words, ...rest].join(": ") : text;
  };
}

export function Rules() {
  const { say } = useWords();
  return (
    <section className="sec">
      <header>
        <h2>{say("case.rules")}</h2>
      </header>
      <ul className="plain small">
        {(["evidence", "absent", "person", "receipt"] as const).map((one) => (
          <li key={one}>{say(`case.rules.${one}`)}</li>
        ))}
      </ul>
    </section>
  );
}

export function Deadlines({ id }: { id: string }) {
  const { say, span, language } = useWords();
  const now = useNow();
  const due = useResource("/api/v1/cases/{id}/deadlines", { id });
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
              {found.items.map((one) => {
                const end = one.strict === undefined ? undefined : Date.parse(one.strict);
                const late = end !== undefined && !one.immediately && now > end;
                return (
                  <li key={one.id}>
                    <b>{language === "vi" ? one.title_vi : one.title}</b>
                    <div className={late ? "c-critical" : ""}>
                      {one.immediately ? say("case.due.now") : one.strict === undefined ? say("case.due.waiting") : say("case.due.until", { time: formatTime(one.strict) })}
                      {late ? ` · ${say("case.due.over", { span: span(now - end) })}` : ""}
                    </div>
                    {one.extended ? <div className="small faint">{say("case.due.extended", { time: formatTime(one.extended) })}</div> : null}
                    <div className="small faint">{one.basis}</div>
                  </li>
                );
              })}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

export function Timeline({ id }: { id: string }) {
  const { say } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/cases/{id}/timeline", { id });
  const comment = useChange("post", "/api/v1/cases/{id}/comments");
  const [text, setText] = useState("");
  const words = useEntryWords();
  return (
    <section className="sec" aria-labelledby="case-timeline">
      <header>
        <h2 id="case-timeline">{say("case.timeline")}</h2>
      </header>
      {may("case:answer") ? (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (!text.trim()) return;
            comment.mutate(
              { id, body: { text } },
              {
                onSuccess: () => {
                  setText("");
                },
              },
            );
          }}
        >
          <input
            className="input grow"
            name="comment"
            aria-label={say("case.comment")}
            placeholder={say("case.comment")}
            maxLength={4000}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
          <button type="submit" className="btn sm" disabled={comment.isPending}>
            {say("case.comment.add")}
          </button>
        </form>
      ) : null}
      {comment.error ? <ErrorBox error={comment.error} /> : null}
      <Shown reading={list} rows={4}>
        {(entries) =>
          entries.length === 0 ? (
            <p className="faint">{say("case.timeline.none")}</p>
          ) : (
            <ol className="plain" data-testid="timeline">
              {[...entries].reverse().map((one) => (
                <li key={one.number} style={{ overflowWrap: "anywhere" }}>
                  <span className="small faint nw">{formatTime(one.time)}</span>{" "}
                  <Mark kind={one.kind === "relapsed" || one.kind === "refuted" ? "refused" : "acknowledged"} tone={one.kind === "relapsed" || one.kind === "refuted" ? "c-critical" : "faint"} />{" "}
                  <b>{say(`entry.${ENTRIES.find((kind) => kind === one.kind) ?? "comment"}`)}</b> <Hostile text={words(one.kind, one.text)} />{" "}
                  <span className="small faint">{one.actor.replace(/^user:/, "")}</span>
                </li>
              ))}
            </ol>
          )
        }
      </Shown>
      <MoreRows list={list} bare />
    </section>
  );
}
