// Events around one moment as rows of marks by kind: which row an event is of, which span is drawn, where the marks stand.
import type { Span } from "./range";

export interface Marked {
  id: string;
  occurred: string;
  format: string;
  source: { name: string };
  fields: Readonly<Record<string, unknown>>;
  unparsed?: string;
}
// Kinds with a name of their own in the table of words; others are called by their source.
export const KINDS = ["dns", "login", "process", "file", "web", "network", "intrusion", "account", "unparsed"] as const;
export type Kind = (typeof KINDS)[number];

const LOGINS = new Set(["4624", "4625", "4634", "4647", "4648", "4768", "4769", "4771", "4776"]);
const ACCOUNTS = new Set(["4720", "4722", "4723", "4724", "4725", "4726", "4728", "4732", "4738", "4740", "4756"]);
const PROCESSES = new Set(["4688", "4689"]);

// From what the record says of itself, else from the fields that only such a record has.
export function kindOf(event: Marked): Kind | undefined {
  if (event.unparsed) return "unparsed";
  const { fields } = event;
  const text = (name: string) => {
    const value = fields[name];
    return (Array.isArray(value) ? value : [value])
      .filter((one) => typeof one === "string" || typeof one === "number")
      .join(" ")
      .toLowerCase();
  };
  const has = (name: string) => fields[name] !== undefined;
  const category = text("event.category");
  const code = text("event.code");
  if (has("dns.question.name")) return "dns";
  if (/authentication/.test(category) || LOGINS.has(code) || event.format === "sshd" || /\blog(?:in|on|off|out|ged)\b/.test(text("event.action"))) return "login";
  if (/iam/.test(category) || ACCOUNTS.has(code)) return "account";
  if (/intrusion|malware|threat/.test(category)) return "intrusion";
  if (/process/.test(category) || PROCESSES.has(code) || has("process.command_line")) return "process";
  if (/file/.test(category) || has("file.path")) return "file";
  if (/web/.test(category) || has("url.original") || has("http.response.status_code")) return "web";
  if (/network/.test(category) || has("destination.ip") || has("destination.port")) return "network";
  return undefined;
}

export interface Lane<T> {
  key: string; // "fired", a kind, "source NAME", or "other"
  events: T[];
}
const MOST_LANES = 7;

// What made the rule fire first, then the kinds, the most frequent first; the rest in one row.
export function lanesOf<T extends Marked>(events: readonly T[], fired: ReadonlySet<string>): Lane<T>[] {
  const lanes = new Map<string, T[]>();
  for (const event of events) {
    const kind = kindOf(event);
    const key = fired.has(event.id) ? "fired" : (kind ?? `source ${event.source.name}`);
    lanes.set(key, [...(lanes.get(key) ?? []), event]);
  }
  const first = lanes.get("fired");
  const rest = [...lanes].filter(([key]) => key !== "fired").sort(([, one], [, other]) => other.length - one.length);
  const shown = rest.length > MOST_LANES ? rest.slice(0, MOST_LANES - 1) : rest;
  const others = rest.slice(shown.length);
  return [
    ...(first ? [{ key: "fired", events: first }] : []),
    ...shown.map(([key, own]) => ({ key, events: own })),
    ...(others.length > 0 ? [{ key: `other ${String(others.length)}`, events: others.flatMap(([, own]) => own).sort((one, other) => one.occurred.localeCompare(other.occurred)) }] : []),
  ];
}

const LEAST_MS = 60_000;

// The span that is drawn: around the moment, wide enough for nine in ten of the events, so that one far away does not press
// the others together.
export function spanAround(times: readonly number[], moment: number): Span {
  const distances = times.map((time) => Math.abs(time - moment)).sort((one, other) => one - other);
  const most = Math.max(LEAST_MS / 2, distances[Math.max(0, Math.ceil(distances.length * 0.9) - 1)] ?? 0);
  const within = times.filter((time) => Math.abs(time - moment) <= most);
  const [from, to] = [Math.min(moment, ...within), Math.max(moment, ...within)];
  const edge = Math.max((to - from) * 0.03, (LEAST_MS - (to - from)) / 2, 0);
  return { from: Math.floor(from - edge), to: Math.ceil(to + edge) };
}
