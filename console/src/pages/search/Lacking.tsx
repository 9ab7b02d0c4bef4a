// What an answer lacks, as the server tells it: events whose part of the archive is missing or lost, and those that cannot
// be found yet. It stands above the results, so that nobody takes a part for the whole.
import type { Lack } from "../../api/search";
import { formatTime } from "../../base/time";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

const MOST = 3;

// Of several answers about the same: each stretch once.
export function lackingOf(...answers: readonly (readonly Lack[] | undefined)[]): Lack[] {
  const seen = new Map<string, Lack>();
  for (const answer of answers)
    for (const lack of answer ?? []) {
      const key = lack.reason === "behind" ? lack.reason : [lack.reason, lack.from, lack.to].join(" ");
      if (!seen.has(key)) seen.set(key, lack);
    }
  return [...seen.values()];
}

export function Lacking({ lacking }: { lacking: readonly Lack[] }) {
  const { say, number } = useWords();
  if (lacking.length === 0) return null;
  const sentence = (lack: Lack) => {
    const { from, to, events, reason } = lack;
    if (reason === "behind") return say("search.lack.behind", { from: from ? formatTime(from) : "?" });
    const when = from && to ? say("search.lack.when", { from: formatTime(from), to: formatTime(to) }) : say("search.lack.sometime");
    const most = events === null ? "" : ` ${say("search.lack.most", { n: number(events) })}`;
    return `${when}${most}: ${say(reason === "lost" ? "search.lack.lost" : "search.lack.missing")}`;
  };
  return (
    <div className="ban high" role="status" data-testid="lacking">
      <Mark kind="unknown" tone="c-high" />
      <span>
        <b>{say("search.lack")}</b> {lacking.slice(0, MOST).map(sentence).join("; ")}
        {lacking.length > MOST ? `; ${say("search.lack.more", { n: number(lacking.length - MOST) })}` : ""}
      </span>
    </div>
  );
}
