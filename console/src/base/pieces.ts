// A range of time cut into pieces, newest first, so that an answer over the whole of it can grow. Each piece is as long as
// the one before it lets expect for a good wait; its edges lie on whole steps, so that no bucket is in two pieces.
import type { Span } from "./range";

const FIRST = 16; // the first piece is this part of the range
const MOST = 64; // so many pieces at most, however slow they are
const WANTED_MS = 400;

export const firstLength = (range: Span): number => (range.to - range.from) / FIRST;

// How long the next piece is when one of `length` took `took` ms.
export function nextLength(range: Span, length: number, took: number): number {
  const factor = Math.min(4, Math.max(0.5, WANTED_MS / Math.max(1, took)));
  return Math.max((range.to - range.from) / MOST, length * factor);
}

// The piece that ends at `end`. What would be left over as a crumb goes with it.
export function pieceBefore(range: Span, end: number, length: number, step: number): Span {
  const from = Math.floor((end - length) / step) * step;
  return { from: from - range.from < length / 2 ? range.from : Math.max(range.from, from), to: end };
}
