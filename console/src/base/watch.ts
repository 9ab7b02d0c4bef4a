// The watch: which quarters of an hour of the last day were heard, from the counts of each source. A source is expected by
// its own rhythm: the usual gap between the quarters in which it spoke; it is missing when it was silent for twice that.
export type Heard = "all" | "some" | "none" | "unknown";

export interface Quarter {
  heard: Heard;
  expected: number;
  spoke: number;
  missing: string[]; // names
}

// The usual gap, in quarters, between the quarters with records; 1 for who speaks all the time, 0 for who never spoke.
export function rhythmOf(counts: readonly number[]): number {
  const spoke = counts.flatMap((count, at) => (count > 0 ? [at] : []));
  if (spoke.length === 0) return 0;
  const gaps = spoke
    .slice(1)
    .map((at, index) => at - (spoke[index] ?? at))
    .sort((one, other) => one - other);
  return Math.max(1, gaps[Math.floor(gaps.length / 2)] ?? 1);
}

// For each quarter, which of the sources spoke. `known`: the first quarter that was counted at all; before it nothing is known.
export function watchOf(sources: readonly { name: string; counts: readonly number[] }[], quarters: number, known: number): Quarter[] {
  const out: Quarter[] = Array.from({ length: quarters }, (_, at) => ({ heard: at < known ? "unknown" : "none", expected: 0, spoke: 0, missing: [] }));
  for (const { name, counts } of sources) {
    const rhythm = rhythmOf(counts);
    let last = -1;
    for (let at = 0; at < quarters; at += 1) {
      const quarter = out[at];
      if (!quarter || quarter.heard === "unknown") continue;
      if ((counts[at] ?? 0) > 0) last = at;
      // The quarter under way has not had its time yet.
      const spoke = (counts[at] ?? 0) > 0 || (last >= 0 && (at - last < 2 * rhythm || (at === quarters - 1 && at - last <= 2 * rhythm)));
      if (last < 0) continue; // not heard of yet: nothing was to be expected
      quarter.expected += 1;
      if (spoke) quarter.spoke += 1;
      else quarter.missing.push(name);
    }
  }
  for (const quarter of out) {
    if (quarter.heard === "unknown") continue;
    quarter.heard = quarter.expected === 0 ? "none" : quarter.spoke === quarter.expected ? "all" : quarter.spoke === 0 ? "none" : "some";
  }
  return out;
}

// Neighbours of one kind as one piece.
export function runsOf(quarters: readonly Quarter[]): { heard: Heard; length: number }[] {
  const runs: { heard: Heard; length: number }[] = [];
  for (const { heard } of quarters) {
    const last = runs.at(-1);
    if (last && last.heard === heard) last.length += 1;
    else runs.push({ heard, length: 1 });
  }
  return runs;
}
