// An event as few words as possible, and what a finding about it would be called.
import { textOfValue } from "./hostile";

interface Fields {
  fields: Readonly<Record<string, unknown>>;
  unparsed?: string;
}

// The server's mask, alone or within a text: shown as dots. What holds it can be neither asked for nor copied as it is.
const MASK = "[masked]";
export const holdsMask = (text: string): boolean => text.includes(MASK);
export const withDots = (text: string): string => text.replaceAll(MASK, "●●●");

const KNOWN = new Set(["@timestamp", "event.created", "event.ingested"]);

// The message, or else the fields as name=value; the columns that stand already are left out.
export function summaryOf(event: Fields, shown: ReadonlySet<string> = new Set(), most = 400): string {
  const message = event.fields["message"];
  if (typeof message === "string" && message !== "" && !shown.has("message")) return withDots(message.slice(0, most));
  let text = "";
  for (const [name, value] of Object.entries(event.fields)) {
    if (KNOWN.has(name) || shown.has(name)) continue;
    text += `${text === "" ? "" : " "}${name}=${textOfValue(value).slice(0, 120)}`;
    if (text.length > most) break;
  }
  return withDots(text.slice(0, most));
}

// As the server names who or what a finding is about: the host, else the user, else the source address. Nothing where the
// name is masked: a masked name is no name.
export function entityOf(event: Fields): string | undefined {
  const text = (name: string) => textOfValue(event.fields[name]);
  if (text("host.name")) return `host:${text("host.name").toLowerCase()}`;
  if (text("user.name")) return holdsMask(text("user.name")) ? undefined : `user:${text("user.domain") ? `${text("user.domain")}\\` : ""}${text("user.name")}`;
  return text("source.ip") ? `ip:${text("source.ip")}` : undefined;
}

// The columns that say most about these events, from the fields that a quarter of them have.
const TELLING = [
  "host.name",
  "source.ip",
  "destination.ip",
  "destination.port",
  "event.action",
  "event.code",
  "user.name",
  "process.name",
  "dns.question.name",
  "url.original",
  "http.response.status_code",
  "rule.name",
  "network.bytes",
];
export function tellingColumns(events: readonly Fields[], most = 5): string[] {
  const sample = events.slice(0, 100);
  return TELLING.filter((name) => sample.filter((event) => event.fields[name] !== undefined).length * 4 >= sample.length && sample.length > 0).slice(0, most);
}

export const isNumberField = (name: string, type: string | undefined): boolean =>
  type === "integer" || type === "number" || type === "double" || (type === undefined && /(?:port|bytes|packets|status_code|pid)$/.test(name));
