// The time range of a search as the address holds it: 'now', 'now-24h' or an absolute time (RFC 3339). People write and
// read dd/mm/yyyy hh:mm in GMT+7.
import { formatClock, formatDate } from "./time";

export const PRESETS = ["now-15m", "now-1h", "now-24h", "now-7d", "now-30d", "now-90d", "now-1y", "now-10y"] as const;
export type Preset = (typeof PRESETS)[number];
export const DEFAULT_FROM: Preset = "now-24h";

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 366 * 86_400_000 };

// Milliseconds, or nothing where the text is no time.
export function timeOf(text: string, now: number): number | undefined {
  const relative = /^now(?:-(\d{1,5})([mhdwy]))?$/.exec(text);
  if (relative) return now - Number(relative[1] ?? 0) * (UNITS[relative[2] ?? "m"] ?? 0);
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

export interface Span {
  from: number;
  to: number;
}
// The range of an address; what cannot be read is the last 24 hours.
export function rangeOf(from: string, to: string, now: number): Span {
  const [start, end] = [timeOf(from || DEFAULT_FROM, now), timeOf(to || "now", now)];
  if (start === undefined || end === undefined || start >= end) return { from: now - 86_400_000, to: now };
  return { from: start, to: end };
}

export const presetOf = (from: string, to: string): Preset | undefined => (to === "" || to === "now" ? PRESETS.find((preset) => preset === (from || DEFAULT_FROM)) : undefined);

const ZONE_MS = 7 * 3_600_000;
// '28/11/2026', '28/11/2026 03:07' or '28/11/2026 03:07:12', in GMT+7; a day alone begins at midnight.
export function readLocal(text: string): number | undefined {
  const found = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (!found) return undefined;
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return at.getUTCDate() === day && at.getUTCMonth() === month - 1 ? at.getTime() - ZONE_MS : undefined;
}
export const writeLocal = (time: number): string => `${formatDate(time)} ${formatClock(time, true)}`;

const short = (time: number) => `${formatDate(time).slice(0, 5)} ${formatClock(time)}`;
// '27/11 03:07 – 28/11 03:07', with the year where the two years differ or are not this one; one day names it once.
export function formatRange({ from, to }: Span, now: number): string {
  const years = [from, to, now].map((time) => formatDate(time).slice(6));
  if (new Set(years).size > 1) return `${formatDate(from)} ${formatClock(from)} – ${formatDate(to)} ${formatClock(to)}`;
  return formatDate(from) === formatDate(to) ? `${short(from)} – ${formatClock(to)}` : `${short(from)} – ${short(to)}`;
}

// hh:mm:ss,mmm (a point in English).
export function formatExact(time: string | number, point: string): string {
  return `${formatClock(time, true)}${point}${String(new Date(time).getMilliseconds()).padStart(3, "0")}`;
}

// The chosen part of the range, as one text of the address: 'FROM/TO' (ISO 8601 interval).
export function readWithin(text: string): Span | undefined {
  const [from, to] = text.split("/").map((part) => timeOf(part, 0));
  return from !== undefined && to !== undefined && from < to ? { from, to } : undefined;
}
export const writeWithin = ({ from, to }: Span): string => `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
