import { formatTime } from "../../base/time";
import { silentFor, type Source } from "../../api/types";
import { Icon, Mark } from "../../parts/Icon";
import { When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";

export function LastReceived({ source, now }: { source: Source; now: number }) {
  const { say, span } = useWords();
  if (source.ended) return <span className="faint">{say("sources.ended", { time: formatTime(source.ended) })}</span>;
  if (!source.last_received)
    return (
      <span className="state c-unk">
        <Mark kind="unknown" tone="c-unk" />
        {say("sources.waiting")}
      </span>
    );
  const silent = silentFor(source, now);
  return (
    <>
      <When time={source.last_received} now={now} />
      {silent > 0 ? (
        <>
          {" "}
          <span className="silence">
            <Icon name="unknown" />
            {say("sources.silent", { time: span(silent) })}
          </span>
        </>
      ) : null}
    </>
  );
}

// How many of the first counts are of times when the server did not count yet.
export function uncountedOf({ since, until, step, slots }: { since: string; until: string; step: number; slots: number }): number {
  const first = new Date(until).getTime() - slots * step * 1000;
  return Math.min(slots, Math.max(0, Math.ceil((new Date(since).getTime() - first) / (step * 1000))));
}

const NOTED_MS = 60_000;
// How far behind its own newest event a source sends.
export function LagOf({ source }: { source: Source }) {
  const { say, span } = useWords();
  if (!source.newest || !source.last_received) return <span className="faint">{say("sources.nolag")}</span>;
  const lag = new Date(source.last_received).getTime() - new Date(source.newest).getTime();
  return <span className={lag > NOTED_MS ? "c-unk" : "dim"}>{lag < 1000 ? span(0) : span(lag)}</span>;
}

// The last day in one small curve; the number beside it is what counts. Before the server counted there is no curve: a gap
// is not zero.
export function Spark({ counts, uncounted = 0 }: { counts: readonly number[]; uncounted?: number }) {
  const { number } = useWords();
  const sum = counts.reduce((total, count) => total + count, 0);
  const most = Math.max(1, ...counts);
  const path = counts.map((count, at) => (at < uncounted ? "" : `${at === uncounted ? "M" : "L"}${String(at)} ${(15 - (count / most) * 14).toFixed(1)}`)).join("");
  return (
    <span className="spark">
      {counts.length > 1 && sum > 0 ? (
        <svg viewBox={`0 0 ${String(counts.length - 1)} 16`} preserveAspectRatio="none" aria-hidden="true">
          {uncounted > 0 ? <path className="gap" d={`M0 15L${String(uncounted)} 15`} /> : null}
          <path d={path} />
        </svg>
      ) : (
        <svg aria-hidden="true" />
      )}
      <span className="num">{number(sum)}</span>
    </span>
  );
}
