// What a fact of each kind says, as the server takes it: the fields of its form and of its line in a table. Which are right is the
// server's word; here stands only how a person is asked.

export const KINDS = ["range", "asn", "domain", "pool", "system", "machine", "contact", "identifier", "name", "organisation_kind", "parent", "successor"] as const;
export type Kind = (typeof KINDS)[number];
export const kindNamed = (text: string): Kind | undefined => KINDS.find((kind) => kind === text);

export const TABS = {
  ranges: ["range", "asn", "domain", "pool"],
  systems: ["system"],
  machines: ["machine"],
  contacts: ["contact"],
  organisations: ["identifier", "name", "organisation_kind", "parent", "successor"],
} as const satisfies Record<string, readonly Kind[]>;
export type TabName = keyof typeof TABS;

const PURPOSES = ["incident", "technical", "duty", "leadership", "legal", "other"] as const;
const CHANNELS = ["phone", "email", "fax", "post", "chat", "portal"] as const;
const SCHEMES = ["qcvn-102", "qd-20"] as const;
const SORTS = ["ministry", "province", "commune", "state-group", "telco", "platform", "bank", "school", "hospital", "other"] as const;
const WORDS = [...PURPOSES, ...CHANNELS, ...SCHEMES, ...SORTS] as const;
type Word = (typeof WORDS)[number];
const FIELD_NAMES = [
  "range",
  "ports",
  "system",
  "pool",
  "note",
  "number",
  "name",
  "domain",
  "public",
  "inside",
  "code",
  "name_en",
  "level",
  "decision",
  "decision_date",
  "regime",
  "owner",
  "operator",
  "specialised",
  "host",
  "addresses",
  "purpose",
  "channel",
  "value",
  "person",
  "hours",
  "key",
  "last_tried",
  "scheme",
  "vi",
  "en",
  "old",
  "kind",
  "organisation",
] as const;
type FieldName = (typeof FIELD_NAMES)[number];

export interface FactField {
  name: FieldName;
  form: "text" | "mono" | "lines" | "level" | "date" | "organisation" | "word";
  words?: readonly Word[];
  required?: boolean;
  most?: number;
}
const note: FactField = { name: "note", form: "text", most: 500 };
const system: FactField = { name: "system", form: "mono", most: 64 };
export const FIELDS: Record<Kind, readonly FactField[]> = {
  range: [{ name: "range", form: "mono", required: true, most: 100 }, { name: "ports", form: "mono", most: 11 }, system, { name: "pool", form: "mono", most: 64 }, note],
  asn: [
    { name: "number", form: "mono", required: true, most: 12 },
    { name: "name", form: "text", most: 200 },
  ],
  domain: [{ name: "domain", form: "mono", required: true, most: 253 }, system],
  pool: [{ name: "name", form: "text", required: true, most: 64 }, { name: "public", form: "lines", required: true }, { name: "inside", form: "lines", required: true }, note],
  system: [
    { name: "code", form: "mono", required: true, most: 64 },
    { name: "name", form: "text", required: true, most: 300 },
    { name: "name_en", form: "text", most: 300 },
    { name: "level", form: "level" },
    { name: "decision", form: "text", most: 100 },
    { name: "decision_date", form: "date" },
    { name: "regime", form: "mono", most: 64 },
    { name: "owner", form: "organisation" },
    { name: "operator", form: "organisation" },
    { name: "specialised", form: "organisation" },
  ],
  machine: [{ name: "host", form: "mono", required: true, most: 253 }, { name: "addresses", form: "lines" }, system, note],
  contact: [
    { name: "purpose", form: "word", required: true, words: PURPOSES },
    { name: "channel", form: "word", required: true, words: CHANNELS },
    { name: "value", form: "text", required: true, most: 254 },
    { name: "person", form: "text", most: 200 },
    { name: "hours", form: "text", most: 100 },
    { name: "key", form: "mono", most: 200 },
    { name: "last_tried", form: "date" },
  ],
  identifier: [
    { name: "scheme", form: "word", required: true, words: SCHEMES },
    { name: "value", form: "mono", required: true, most: 64 },
  ],
  name: [
    { name: "vi", form: "text", required: true, most: 300 },
    { name: "en", form: "text", most: 300 },
    { name: "old", form: "lines" },
  ],
  organisation_kind: [{ name: "kind", form: "word", required: true, words: SORTS }],
  parent: [{ name: "organisation", form: "organisation", required: true }],
  successor: [{ name: "organisation", form: "organisation", required: true }, note],
};

// The words of a field that this console has words for; another is shown by its name.
export const fieldNamed = (name: string): FieldName | undefined => FIELD_NAMES.find((one) => one === name);
export const wordNamed = (word: string): Word | undefined => WORDS.find((one) => one === word);

// What a person typed, as a body: blanks are left out, one item a line.
export function bodyOf(kind: Kind, typed: Readonly<Record<string, string>>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, form } of FIELDS[kind]) {
    const text = (typed[name] ?? "").trim();
    if (text === "") continue;
    if (form === "level") body[name] = Number(text);
    else if (form === "lines")
      body[name] = text
        .split(/[\n;]/)
        .map((item) => item.trim())
        .filter((item) => item !== "");
    else body[name] = text;
  }
  return body;
}
