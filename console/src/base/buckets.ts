// Counts by time: how wide a bucket is, where the labels stand, what a chosen part holds. Times in ms, labels in GMT+7.
import type { Span } from "./range";

export interface Bucket {
  from: number;
  count: number;
}

const ZONE_MS = 7 * 3_600_000;
const S = 1000,
  M = 60 * S,
  H = 60 * M,
  D = 24 * H;
const STEPS = [
  S,
  2 * S,
  5 * S,
  10 * S,
  15 * S,
  30 * S,
  M,
  2 * M,
  5 * M,
  10 * M,
  15 * M,
  30 * M,
  H,
  2 * H,
  3 * H,
  4 * H,
  6 * H,
  12 * H,
  D,
  2 * D,
  4 * D,
  7 * D,
  14 * D,
  30 * D,
  60 * D,
  90 * D,
  180 * D,
  365 * D,
  730 * D,
];

// The least step of the list that gives at most `most` parts.
export function stepFor(span: Span, most: number): number {
  const length = span.to - span.from;
  return STEPS.find((step) => length / step <= most) ?? 3650 * D;
}

// Where labels stand: whole steps of the day in GMT+7.
export function labelTimes(span: Span, most: number): number[] {
  const step = stepFor(span, most);
  const times: number[] = [];
  for (let at = Math.ceil((span.from + ZONE_MS) / step) * step - ZONE_MS; at <= span.to; at += step) times.push(at);
  return times;
}

export const countIn = (buckets: readonly Bucket[], step: number, span: Span): number =>
  buckets.reduce((sum, bucket) => (bucket.from < span.to && bucket.from + step > span.from ? sum + bucket.count : sum), 0);

// A part between two times in any order, widened to whole buckets and kept within the range.
export function snapped(one: number, other: number, step: number, range: Span): Span {
  const [low, high] = one < other ? [one, other] : [other, one];
  const from = Math.max(range.from, Math.floor(low / step) * step);
  const to = Math.min(range.to, Math.max(Math.ceil(high / step) * step, from + step));
  return from < to ? { from, to } : { from: Math.max(range.from, to - step), to };
}

export function moved(part: Span, by: number, range: Span): Span {
  const shift = Math.min(Math.max(by, range.from - part.from), range.to - part.to);
  return { from: part.from + shift, to: part.to + shift };
}
export function widened(part: Span, by: number, step: number, range: Span): Span {
  const to = Math.min(range.to, Math.max(part.from + step, part.to + by));
  return { from: part.from, to };
}
