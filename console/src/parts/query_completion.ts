// Where the server's answers about a query stand in its text: what is wrong, what may go on, what to write instead.
import type { Check, Completion, CompletionItem } from "../api/search";
import { indexOfByte } from "../base/query_text";

export interface Trouble {
  start: number; // in UTF-16, of the text
  end: number;
  text: string;
  suggestion: string;
}

export function troubleOf(text: string, check: Check | undefined): Trouble | undefined {
  if (!check || check.valid) return undefined;
  const { offset = 0, length = 0 } = check;
  const start = indexOfByte(text, offset);
  return { start, end: Math.max(start, indexOfByte(text, offset + length)), text: check.text ?? "", suggestion: check.suggestion ?? "" };
}

// The text with an item in its place, and where the caret goes. A space follows what is complete; a field goes on to its
// value.
export function withItem(text: string, completion: Completion, item: CompletionItem): { text: string; caret: number } {
  const [start, end] = [indexOfByte(text, completion.start), indexOfByte(text, completion.end)];
  const tail = text.slice(end);
  const put = item.kind === "field" && !item.text.endsWith(":") && !tail.startsWith(":") ? `${item.text}:` : item.kind !== "field" && !/^\s/.test(tail) ? `${item.text} ` : item.text;
  return { text: text.slice(0, start) + put + tail, caret: start + put.length };
}

export const withSuggestion = (text: string, trouble: Trouble): string => text.slice(0, trouble.start) + trouble.suggestion + text.slice(trouble.end);
