// The import that is under way: which upload, and what was answered. The upload and the step stand in the address; the answers are
// kept in this browser, so that one may leave and come back. The server forgets an upload that nobody keeps.
import { useState } from "react";
import type { ListUpload } from "../../api/types";
import { answered, withRole, type Choices, type Letter } from "../../base/list_choices";
import { keep, kept } from "../../parts/preferences";

const PLACE = "list-import";
export interface Import {
  id: string;
  name: string;
  bytes: number;
  sha256: string;
  choices: Choices;
}

const text = (value: unknown): value is string => typeof value === "string";

export function readImport(stored: string | null): Import | undefined {
  try {
    const value: unknown = JSON.parse(stored ?? "null");
    if (typeof value !== "object" || value === null || !("id" in value) || !("name" in value) || !("bytes" in value) || !("sha256" in value) || !("choices" in value)) return undefined;
    const { id, name, bytes, sha256, choices } = value;
    if (!text(id) || !text(name) || !text(sha256) || typeof bytes !== "number" || typeof choices !== "object" || choices === null) return undefined;
    return { id, name, bytes, sha256, choices };
  } catch {
    return undefined;
  }
}
export const underWay = (): Import | undefined => readImport(kept(PLACE));
export const forgetImport = (): void => {
  keep(PLACE, "null");
};
export function beginImport({ id, name, bytes, sha256 }: ListUpload): void {
  keep(PLACE, JSON.stringify({ id, name, bytes, sha256, choices: {} } satisfies Import));
}

export function useImport(id: string) {
  const [known, setKnown] = useState<Import | undefined>(() => {
    const stored = underWay();
    return stored?.id === id ? stored : undefined;
  });
  // Another upload came into the address.
  if (id !== "" && known?.id !== id) {
    const stored = underWay();
    const next: Import = stored?.id === id ? stored : { id, name: "", bytes: 0, sha256: "", choices: {} };
    setKnown(next);
  }
  const change = (next: Choices) => {
    if (!known) return;
    const now = { ...known, choices: next };
    keep(PLACE, JSON.stringify(now));
    setKnown(now);
  };
  const choices = known?.choices ?? {};
  return {
    file: known,
    choices,
    answer: (about: string, choice: string, reading: Parameters<typeof answered>[3]) => {
      change(answered(choices, about, choice, reading));
    },
    setRole: (key: string, role: string) => {
      change(withRole(choices, key, role));
    },
    setLetter: (letter: Letter) => {
      change({ ...choices, letter: { ...choices.letter, ...letter } });
    },
    setSeries: (series: string) => {
      change(Object.fromEntries(Object.entries({ ...choices, series: series.trim() }).filter(([, value]) => value !== "")));
    },
    setProfile: (profile: string) => {
      change({ ...choices, profile, columns: {} });
    },
  };
}
