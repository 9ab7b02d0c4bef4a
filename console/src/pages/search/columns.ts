import { isNumberField } from "../../base/event_text";
import { formatExact } from "../../base/range";
import { formatClock, formatDate } from "../../base/time";

export const SUMMARY = "*";

interface Track {
  least: number; // px at the compact text of 13 px
  share: number;
}
function track(name: string, type: string | undefined): Track {
  if (name === SUMMARY) return { least: 240, share: 3 };
  if (type === "address" || /(?:^|\.)ip$/.test(name)) return { least: 112, share: 1 };
  if (isNumberField(name, type)) return { least: 62, share: 0.5 };
  return { least: 64, share: 1.2 };
}

const em = (px: number) => `${(px / 13).toFixed(2)}em`;
// The tracks of the grid and the width under which it scrolls: selection, time, source, then the columns.
export function layoutOf(columns: readonly string[], types: ReadonlyMap<string, string>, reach: Reach): { template: string; least: string } {
  const tracks: Track[] = [
    { least: 20, share: 0 },
    { least: reach === "day" ? 96 : reach === "year" ? 104 : 142, share: 0 },
    { least: 64, share: 0.8 },
    ...columns.map((name) => track(name, types.get(name))),
  ];
  return {
    template: tracks.map(({ least, share }) => (share === 0 ? em(least) : `minmax(${em(least)}, ${String(share)}fr)`)).join(" "),
    least: em(tracks.reduce((sum, one) => sum + one.least + 8, 24)),
  };
}

// Domains, addresses and paths lose their middle, never their end.
export function middleCut(text: string, most = 44): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.4);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
export const keepsEnd = (name: string): boolean => /domain|name$|path|executable|url|directory|Image$/i.test(name) && !/user/.test(name);

// How much of a time tells rows apart: the clock within a day, day and clock within a year, else the year as well.
export type Reach = "day" | "year" | "years";
export const reachOf = (from: number, to: number): Reach => (formatDate(from) === formatDate(to) ? "day" : formatDate(from).slice(6) === formatDate(to).slice(6) ? "year" : "years");
export const rowTime = (time: string, reach: Reach, point: string): string =>
  reach === "day" ? formatExact(time, point) : `${formatDate(time).slice(0, reach === "year" ? 5 : 10)} ${formatClock(time, true)}`;
export const fullTime = (time: string, point: string): string => `${formatDate(time)} ${formatExact(time, point)}`;

export function toggled(columns: readonly string[], name: string): string[] {
  return columns.includes(name) ? columns.filter((one) => one !== name) : [...columns.filter((one) => one !== SUMMARY), name, ...columns.filter((one) => one === SUMMARY)];
}
export function movedColumn(columns: readonly string[], name: string, by: number): string[] {
  const at = columns.indexOf(name);
  const to = Math.min(columns.length - 1, Math.max(0, at + by));
  const next = columns.filter((one) => one !== name);
  next.splice(to, 0, name);
  return next;
}
