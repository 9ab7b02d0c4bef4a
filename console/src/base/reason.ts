// What the server says of why something was refused or failed, in the language of the console: by its code when it gives one,
// else as it came.
import { messages, translate, type Language, type MessageKey } from "./messages";

export interface Told {
  text: string;
  code?: unknown; // "sign-in-pause"
  values?: unknown; // what the sentence names: ["30"]
}

const isKey = (key: string): key is MessageKey => Object.hasOwn(messages, key);

export function sayReason(told: Told, language: Language): string {
  const key = `reason.${typeof told.code === "string" ? told.code : ""}`;
  if (!isKey(key)) return told.text;
  const values: unknown[] = Array.isArray(told.values) ? told.values : [];
  return translate(language, key, Object.fromEntries(values.map((value, at) => [String(at + 1), String(value)])));
}
