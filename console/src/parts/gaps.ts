import type { components } from "../api/types.gen";
import type { Span } from "../base/range";
import { watchOf } from "../base/watch";

// The part of a range that nobody observed, as the watch ribbon sees it: quarters of an hour in which sources were
// expected and none spoke, neighbours as one.
export function gapsOf(activity: components["schemas"]["SourceActivity"], range: Span): Span[] {
  const step = activity.step * 1000;
  const quarters = Math.max(0, ...activity.items.map((item) => item.counts.length));
  const start = new Date(activity.until).getTime() - quarters * step;
  const known = Math.max(0, Math.ceil((new Date(activity.since).getTime() - start) / step));
  const gaps: Span[] = [];
  watchOf(activity.items, quarters, known).forEach((quarter, at) => {
    if (quarter.heard !== "none" || quarter.expected === 0) return;
    const [from, to] = [Math.max(range.from, start + at * step), Math.min(range.to, start + (at + 1) * step)];
    const last = gaps.at(-1);
    if (from >= to) return;
    if (last && last.to === from) last.to = to;
    else gaps.push({ from, to });
  });
  return gaps;
}
