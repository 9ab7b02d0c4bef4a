// The watch ribbon: the last 24 h in quarters of an hour. Full: all expected sources spoke; half with hatch: some; hatch:
// none, or not counted. Arrow keys read a quarter; a table says the same for readers.
import { useState } from "react";
import { formatClock } from "../base/time";
import { runsOf, watchOf } from "../base/watch";
import { useResource } from "../api/resource";
import { useWords } from "./preferences";
import { useScope } from "./scope";
import { useMe } from "./session";

const QUARTERS = 96;
const QUARTER_MS = 900_000;

export interface Activity {
  step: number;
  until: string;
  since: string;
  items: { source: string; name: string; counts: number[] }[];
}

export function useActivity() {
  const { may } = useMe();
  const { scoped } = useScope();
  return useResource("/api/v1/sources/activity", { query: scoped, enabled: may("source:read") });
}

const knownFrom = (activity: Activity) => Math.max(0, QUARTERS - Math.ceil((new Date(activity.until).getTime() - new Date(activity.since).getTime()) / QUARTER_MS));

// The bar alone, for a few sources or for all.
export function WatchBar({ activity, sources }: { activity: Activity; sources?: ReadonlySet<string> }) {
  const items = sources ? activity.items.filter((item) => sources.has(item.source)) : activity.items;
  const runs = runsOf(watchOf(items, QUARTERS, knownFrom(activity)));
  return (
    <span className="bar" aria-hidden="true">
      {runs.map((run, at) => (
        <i key={at} className={run.heard === "all" ? "" : run.heard === "some" ? "some" : "gap"} style={{ flex: run.length }} />
      ))}
    </span>
  );
}

export function WatchRibbon({ activity }: { activity: Activity }) {
  const { say, number } = useWords();
  const [at, setAt] = useState(QUARTERS - 1);
  const [reading, setReading] = useState(false);
  const watch = watchOf(activity.items, QUARTERS, knownFrom(activity));
  const from = (quarter: number) => formatClock(new Date(activity.until).getTime() - (QUARTERS - quarter) * QUARTER_MS);
  const tell = (quarter: number) => {
    const one = watch[quarter];
    if (!one) return "";
    const span = `${from(quarter)}–${from(quarter + 1)}`;
    if (one.heard === "unknown") return say("watch.unknown", { span });
    if (one.expected === 0) return say("watch.nobody", { span });
    return say(one.missing.length > 0 ? "watch.missing" : "watch.heard", { span, n: number(one.spoke), m: number(one.expected), names: one.missing.slice(0, 5).join(", ") });
  };
  const changes = watch.flatMap((quarter, index) => (index === 0 || watch[index - 1]?.heard !== quarter.heard ? [index] : []));
  return (
    <div>
      <div
        role="slider"
        tabIndex={0}
        aria-label={say("now.watch")}
        aria-valuemin={0}
        aria-valuemax={QUARTERS - 1}
        aria-valuenow={at}
        aria-valuetext={tell(at)}
        className="ribbonkeys"
        data-own-keys="ArrowLeft ArrowRight Home End"
        onFocus={() => {
          setReading(true);
        }}
        onBlur={() => {
          setReading(false);
        }}
        onKeyDown={(event) => {
          const next = event.key === "ArrowLeft" ? at - 1 : event.key === "ArrowRight" ? at + 1 : event.key === "Home" ? 0 : event.key === "End" ? QUARTERS - 1 : -1;
          if (next < 0 || next >= QUARTERS) return;
          event.preventDefault();
          setAt(next);
        }}
        onMouseMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setReading(true);
          setAt(Math.max(0, Math.min(QUARTERS - 1, Math.floor(((event.clientX - box.left) / box.width) * QUARTERS))));
        }}
        onMouseLeave={() => {
          setReading(false);
        }}
      >
        <WatchBar activity={activity} />
      </div>
      <p className="row small faint">
        <span>{from(0)}</span>
        <span className="end">{say("watch.now")}</span>
      </p>
      <p className="small dim ribbontext">{reading ? tell(at) : say("watch.legend")}</p>
      <table className="vh">
        <caption>{say("now.watch")}</caption>
        <tbody>
          {changes.map((index) => (
            <tr key={index}>
              <td>{tell(index)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
