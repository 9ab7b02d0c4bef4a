import { Link } from "@tanstack/react-router";
import { formatTime } from "../base/time";
import { useResource } from "../api/resource";
import { Mark } from "./Icon";
import { useWords } from "./preferences";

// Waits for the first event of a source, and turns when it comes: by the live stream, and every few seconds where that is lost.
export function FirstEvent({ id }: { id: string }) {
  const { say, number } = useWords();
  const source = useResource("/api/v1/sources/{id}", { id, every: 3000 });
  const one = source.data;
  if (!one || one.last_received === null)
    return (
      <p className="ban unk" role="status">
        <Mark kind="unknown" tone="c-unk" />
        <b>{say("sources.waiting")}</b>
        <span className="dim">{say("setup.waiting")}</span>
      </p>
    );
  return (
    <div className="ban acc" role="status" data-testid="first-event">
      <Mark kind="closed" tone="c-ok" />
      <b>{say("setup.came", { time: formatTime(one.last_received) })}</b>
      <span>{say("setup.counted", { n: number(one.counters.accepted), m: number(one.counters.unparsed) })}</span>
      {one.counters.unparsed > 0 ? (
        <Link to="/sources/$id" params={{ id }}>
          {say("setup.unparsed")}
        </Link>
      ) : null}
    </div>
  );
}
