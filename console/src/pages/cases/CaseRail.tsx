// Beside the items of a case: when it may close, and what happened.
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { answerOf, ENTRIES, HELP_DEEDS, PAPER_DEEDS, STAGES, WHYS } from "./parts";
import { IMPACTS } from "./work";

// What stands in an entry begins with a code that has words, and goes on with what a person wrote.
function useEntryWords() {
  const { say } = useWords();
  return (kind: string, text: string): string => {
    // The system gives codes with a sentence behind each.
    if (kind === "proposed" || kind === "withdrawn" || kind === "refused")
      return text
        .split("; ")
        .flatMap((part) => {
          const why = WHYS.find((one) => part.startsWith(`${one}: `));
          return why ? [say(`verdict.why.${why}`)] : [];
        })
        .join("; ");
    if (kind === "paper" || kind === "escalation") {
      const pieces = text.split(" · ");
      const at = kind === "paper" ? 2 : 1;
      const done = kind === "paper" ? PAPER_DEEDS.find((one) => one === pieces[at]) : undefined;
      const said = kind === "escalation" ? HELP_DEEDS.find((one) => one === pieces[at]) : undefined;
      const word = done ? say(`paper.fact.${done}`) : said ? say(`help.log.${said}`) : undefined;
      return word ? pieces.map((piece, place) => (place === at ? word : piece)).join(" · ") : text;
    }
    const [code = "", ...rest] = text.split(": ");
    const stage = kind === "stage" ? STAGES.find((one) => one === code) : undefined;
    const answer = kind === "answer" ? answerOf(code) : undefined;
    const judged = kind === "judged" ? (["accepted", "returned"] as const).find((one) => one === code) : undefined;
    const closed = kind === "closed" ? (["verified", "by-person"] as const).find((one) => one === code) : undefined;
    if (closed === "verified") return say("entry.closed.verified");
    const ended = kind === "task-ended" ? (["open", "done", "not-needed"] as const).find((one) => one === code) : undefined;
    const impact = kind === "stated" ? IMPACTS.find((one) => one === code) : undefined;
    if (kind === "stated")
      return [impact ? say(`impact.${impact}`) : say(code === "alone" ? "serious.alone" : "serious.impact"), say(rest[0] === "yes" ? "holds.yes" : "holds.no"), ...rest.slice(1)].join(": ");
    if (ended) return [say(`entry.task.${ended}`), ...rest].join(": ");
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
                  <Mark
                    kind={one.kind === "relapsed" || one.kind === "refuted" || one.kind === "refused" ? "refused" : "acknowledged"}
                    tone={one.kind === "relapsed" || one.kind === "refuted" || one.kind === "refused" ? "c-critical" : "faint"}
                  />{" "}
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
