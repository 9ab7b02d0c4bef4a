// What a person answered about a list that is being read, as the API takes it. Answers go before what the file or a profile
// says; the server reads anew with all of them.
import { folded } from "./text";

export const LIST_ROLES = [
  "victim",
  "victim-port",
  "seen",
  "first-seen",
  "c2",
  "c2-port",
  "destination",
  "destination-port",
  "protocol",
  "family",
  "unit",
  "province",
  "provider",
  "asn",
  "hostname",
  "sector",
  "report",
  "source",
  "level",
  "note",
  "ordinal",
  "ignore",
] as const;
export type ListRole = (typeof LIST_ROLES)[number];
export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1258", "tcvn3", "vni"] as const;

export interface Letter {
  issuer?: string;
  number?: string;
  date?: string;
  subject?: string;
  urgency?: string;
}
export interface Choices {
  encoding?: string;
  sheet?: string;
  header_line?: number;
  columns?: Record<string, string>;
  date_order?: string;
  zone?: string;
  profile?: string;
  letter?: Letter;
  series?: string; // that it belongs to, when a person says it
}

interface Named {
  header: string;
  key: string;
}
interface Known {
  columns: readonly Named[];
}

export const withRole = (choices: Choices, key: string, role: string): Choices => ({ ...choices, columns: { ...choices.columns, [key]: role } });

// Another sheet or another header line has other columns: what was said of the old ones is no longer meant.
const withoutColumns = (choices: Choices): Choices => Object.fromEntries(Object.entries(choices).filter(([name]) => name !== "columns"));

// The column that a question is about, by its key or its header.
export function columnOf<C extends Named>(about: string, columns: readonly C[]): C | undefined {
  const name = about.startsWith("column:") ? about.slice("column:".length) : undefined;
  return name === undefined ? undefined : (columns.find((column) => column.key === name) ?? columns.find((column) => column.header === name));
}

// The answers with this question answered. A question that this console does not know changes nothing.
export function answered(choices: Choices, about: string, choice: string, reading: Known): Choices {
  switch (about) {
    case "encoding":
      return { ...choices, encoding: choice };
    case "sheet":
      return { ...withoutColumns(choices), sheet: choice };
    case "header":
      return { ...withoutColumns(choices), header_line: Number(choice) || 0 };
    case "zone":
      return { ...choices, zone: choice };
    case "date-order":
      return { ...choices, date_order: choice };
    case "victim": {
      const column = reading.columns.find(({ key }) => key === choice) ?? reading.columns.find(({ header }) => header === choice);
      return column ? withRole(choices, column.key, "victim") : choices;
    }
    default: {
      const column = columnOf(about, reading.columns);
      return column ? withRole(choices, column.key, choice) : choices;
    }
  }
}

// The name of a profile as the server takes it: "TTĐP2 hằng tháng" → "ttdp2-hang-thang".
export const plainName = (text: string): string =>
  folded(text)
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
