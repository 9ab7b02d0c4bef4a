// A rule's condition part by part: a mark and a word for each, with what the event has there. What held is folded when it
// is deep; what did not is open, for that is what one looks for.
import type { RulePart } from "../api/types";
import { Hostile } from "./Hostile";
import { Mark } from "./Icon";
import { useWords } from "./preferences";
import "./rules.css";

const MOST_DEEP = 64;

function Line({ part }: { part: RulePart }) {
  const { say } = useWords();
  return (
    <>
      <span className="state" title={say(part.held ? "try.held" : "try.missed")}>
        {part.held ? <Mark kind="closed" tone="c-ok" /> : <Mark kind="new" tone="faint" />}
        <span className="vh">{say(part.held ? "try.held" : "try.missed")}</span>
      </span>
      <span className="mono">
        <Hostile text={part.text} />
      </span>
      {part.found ? (
        <span className="found">
          <Hostile text={say("try.has", { what: part.found.split("\n").join(" · ") })} />
        </span>
      ) : null}
    </>
  );
}

export function RuleParts({ parts, depth = 0 }: { parts: readonly RulePart[]; depth?: number }) {
  if (depth > MOST_DEEP) return null;
  return (
    <ul className="parts">
      {parts.map((part, at) => (
        <li key={at}>
          {part.parts && part.parts.length > 0 ? (
            <details open={!part.held || depth < 2}>
              <summary>
                <Line part={part} />
              </summary>
              <RuleParts parts={part.parts} depth={depth + 1} />
            </details>
          ) : (
            <div className="part">
              <Line part={part} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
