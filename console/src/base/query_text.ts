// The one-line search language as text: which conditions stand side by side in it, adding, removing and turning one
// round. The server understands the language; here stands only what needs no understanding of fields. docs/search.md has
// the grammar. The server counts in bytes of UTF-8, the browser in UTF-16.
const encoder = new TextEncoder();
const decoder = new TextDecoder();
export const bytesBefore = (text: string, index: number): number => encoder.encode(text.slice(0, index)).length;
export const indexOfByte = (text: string, byte: number): number => decoder.decode(encoder.encode(text).slice(0, byte)).length;

// One condition of several that all must hold; indices are of UTF-16.
export interface Bubble {
  text: string; // as it stands, with its NOT
  bare: string; // without it
  start: number;
  end: number;
  negated: boolean;
}

const blank = (character: string) => /[ \t\r\n]/.test(character);
const OPERATOR = /^(AND|OR|NOT)(?=[ \t\r\n()"]|$)/;
const operatorAt = (text: string, at: number): string => (text.startsWith("&&", at) ? "AND" : text.startsWith("||", at) ? "OR" : (OPERATOR.exec(text.slice(at, at + 4))?.[1] ?? ""));
const lengthOf = (text: string, at: number, operator: string) => (text.startsWith("&&", at) || text.startsWith("||", at) ? 2 : operator.length);

function skipBlank(text: string, at: number): number {
  let next = at;
  while (next < text.length && blank(text.charAt(next))) next += 1;
  return next;
}

function endOfQuoted(text: string, at: number): number {
  let next = at + 1;
  while (next < text.length && text.charAt(next) !== '"') next += text.charAt(next) === "\\" && /["\\]/.test(text.charAt(next + 1)) ? 2 : 1;
  return Math.min(text.length, next + 1);
}

function endOfBracket(text: string, at: number): number {
  let depth = 0;
  let next = at;
  while (next < text.length) {
    const character = text.charAt(next);
    if (character === '"') {
      next = endOfQuoted(text, next);
      continue;
    }
    if (character === "\\") next += 1;
    else if (/[([{]/.test(character)) depth += 1;
    else if (/[)\]}]/.test(character)) depth -= 1;
    next += 1;
    if (depth === 0) return next;
  }
  return text.length;
}

// The end of one condition: a word, a quoted text, a bracket, or a field with its value.
function endOfTerm(text: string, from: number): number {
  let at = from;
  while (at < text.length && !blank(text.charAt(at)) && text.charAt(at) !== ")") {
    const character = text.charAt(at);
    if (character === '"') at = endOfQuoted(text, at);
    else if (character === "(" || (character === "[" && /[:]\s*$/.test(text.slice(from, at)))) at = endOfBracket(text, at);
    else if (character === "{" && /[:]\s*$/.test(text.slice(from, at)) && /^\{[^}\]]* TO /.test(text.slice(at))) at = endOfBracket(text, at);
    else at += character === "\\" ? 2 : 1;
    // The value of a field may stand behind a blank.
    if (blank(text.charAt(at)) && /^[^\s:]+:(?:[<>]=?)?$/.test(text.slice(from, at))) at = skipBlank(text, at);
  }
  return Math.min(text.length, at);
}

// The conditions that stand side by side; alternatives (OR) are one condition. Of a text that the server calls valid.
export function conditionsOf(text: string): Bubble[] {
  const found: Bubble[] = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    const start = at;
    let negated = false;
    let own = start;
    for (;;) {
      const operator = operatorAt(text, at);
      if (operator === "OR") return [{ text: text.trim(), bare: text.trim(), start: skipBlank(text, 0), end: text.trimEnd().length, negated: false }];
      if (operator === "AND" && own === start && !negated) {
        at = skipBlank(text, at + lengthOf(text, at, operator));
        own = at;
        break;
      }
      if (operator === "NOT") at = skipBlank(text, at + 3);
      else if (/[-!]/.test(text.charAt(at)) && at + 1 < text.length && !blank(text.charAt(at + 1))) at += 1;
      else break;
      negated = !negated;
      own = at;
    }
    if (operatorAt(text, start) === "AND") continue;
    const end = endOfTerm(text, own);
    if (end <= own) break;
    found.push({ text: text.slice(start, end), bare: text.slice(own, end), start, end, negated });
    at = skipBlank(text, end);
  }
  return found;
}

export const hasAlternatives = (text: string): boolean => {
  const [only, ...others] = conditionsOf(text);
  return (
    only !== undefined &&
    others.length === 0 &&
    !only.negated &&
    !only.text.startsWith("(") &&
    only.text === text.trim() &&
    /(?:^|[\s)"])(?:OR(?=[\s("])|\|\|)/.test(only.text) &&
    endOfTerm(only.text, 0) < only.text.length
  );
};

const inQuotes = (text: string): string => `"${text.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*)$/i;

// The language's own words: they are no fields of events. A part that means one puts OWN before its name.
export const OWN = ":";
const OWN_WORDS = new Set(["source", "organisation", "format", "peer", "unparsed", "id", "received", "occurred", "exists", "missing"]);

export function nameOf(field: string): string {
  if (field.startsWith(OWN)) return field.slice(OWN.length);
  return !OWN_WORDS.has(field) && /^[@_A-Za-z\u0080-\uFFFF][\w.@\u0080-\uFFFF-]+$/.test(field) ? field : inQuotes(field);
}

// A condition that a field has exactly this value; numbers and addresses have one spelling and need no quotes.
export const exactly = (field: string, value: string): string => `${nameOf(field)}:${/^-?\d+$/.test(value) || ADDRESS.test(value) ? value : inQuotes(value)}`;

// A query with one condition more. What is there already stays once; its opposite gives way.
export function withCondition(query: string, condition: string, negated: boolean): string {
  const same = conditionsOf(query).find((bubble) => bubble.bare === condition);
  if (same) return same.negated === negated ? query : inverted(query, same);
  const added = negated ? `NOT ${condition}` : condition;
  if (query.trim() === "") return added;
  return `${hasAlternatives(query) ? `(${query.trim()})` : query.trim()} ${added}`;
}

export function without(query: string, bubble: Bubble): string {
  const left = query.slice(0, bubble.start).replace(/(?:(?:^|\s+)(?:AND|&&))?\s*$/, "");
  const right = query.slice(bubble.end).replace(/^\s*(?:(?:AND|&&)(?=\s|$)\s*)?/, "");
  return [left, right]
    .filter((part) => part.trim() !== "")
    .join(" ")
    .trim();
}

export function inverted(query: string, bubble: Bubble): string {
  const turned = bubble.negated ? bubble.bare : `NOT ${hasAlternatives(bubble.text) ? `(${bubble.text})` : bubble.text}`;
  return `${query.slice(0, bubble.start)}${turned}${query.slice(bubble.end)}`;
}

// The words of a condition for a person: field, and value without its quotes.
export function fieldAndValue(bubble: Bubble): { field: string; value: string } {
  const [, name = "", rest = bubble.bare] = /^("(?:\\["\\]|[^"])*"|[@$_\p{L}][^\s:"()]*):\s*(.+)$/su.exec(bubble.bare) ?? [];
  const plain = (text: string) => {
    const inner = /^"((?:\\["\\]|[^"])*)"$/s.exec(text)?.[1];
    return inner === undefined ? text : inner.replace(/\\(["\\])/g, "$1");
  };
  return { field: plain(name), value: plain(rest) };
}

// What is asked for in plain words, to mark it in what was found.
export const soughtIn = (query: string): { field: string; value: string }[] =>
  conditionsOf(query)
    .filter((bubble) => !bubble.negated && !bubble.bare.startsWith("("))
    .map(fieldAndValue)
    .filter(({ value }) => value !== "" && !/[*?()[\]<>]/.test(value));
