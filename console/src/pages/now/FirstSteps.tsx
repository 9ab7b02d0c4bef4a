// From the letter to the answer, for who does it the first time: what is done, and where it goes on. Away when the answer was sent, or when
// somebody puts it away.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useList } from "../../api/resource";
import { Mark } from "../../parts/Icon";
import { keep, kept, useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";

const STEPS = [
  ["ranges", "/directory"],
  ["list", "/lists"],
  ["answers", "/cases"],
  ["letter", "/papers"],
] as const;

// How far it is: the number of the first step that is not done; nothing while that is not known.
function useReached(enabled: boolean): number | undefined {
  const one = (query: Record<string, string> = {}) => ({ enabled, query: { limit: "1", ...query }, every: 30_000 });
  const ranges = useList("/api/v1/facts", one({ kind: "range", state: "approved" }));
  const lists = useList("/api/v1/lists", one());
  const open = useList("/api/v1/case-items", one({ state: "open" }));
  const sent = useList("/api/v1/papers", one({ form: "reply", state: "sent" }));
  const received = useList("/api/v1/papers", one({ form: "reply", state: "acknowledged" }));
  const all = [ranges, lists, open, sent, received];
  if (all.some((list) => list.data === undefined)) return undefined;
  const has = (list: { data?: unknown[] | undefined }): boolean => (list.data?.length ?? 0) > 0;
  const done = [has(ranges), has(lists), has(lists) && !has(open), has(sent) || has(received)];
  if (done.at(-1)) return STEPS.length;
  return done.indexOf(false);
}

export function FirstSteps() {
  const { say } = useWords();
  const { may } = useMe();
  const [away, setAway] = useState(kept("steps") === "off");
  const shown = !away && ["directory:read", "list:read", "case:read", "paper:draft"].every(may);
  const reached = useReached(shown);
  if (!shown || reached === undefined || reached >= STEPS.length) return null;
  return (
    <section className="sec" aria-labelledby="first-steps" data-testid="first-steps">
      <header className="row">
        <h2 id="first-steps">{say("steps.title")}</h2>
        <button
          type="button"
          className="btn sm end"
          onClick={() => {
            keep("steps", "off");
            setAway(true);
          }}
        >
          {say("steps.away")}
        </button>
      </header>
      <ol className="plain">
        {STEPS.map(([name, path], at) => (
          <li key={name} aria-current={at === reached ? "step" : undefined}>
            <span className="state">
              <Mark kind={at < reached ? "closed" : at === reached ? "acknowledged" : "new"} tone={at < reached ? "c-ok" : ""} />
              <b className={at > reached ? "dim" : ""}>{say(`steps.${name}`)}</b>
            </span>
            {at === reached ? (
              <div>
                <p className="small dim">{say(`steps.${name}.text`)}</p>
                <Link to={path} className="btn sm pri">
                  {say("steps.go")}
                </Link>
              </div>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
