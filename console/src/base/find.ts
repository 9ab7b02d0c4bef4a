// Finding by a few letters: without accents, by the beginnings of words, or by a part of an identifier.
import { folded } from "./text";

// How well `text` answers `asked`, 0 for not at all: a beginning counts most, then a word's beginning, initials, any part.
export function likeness(asked: string, text: string): number {
  const [want, have] = [folded(asked).trim(), folded(text)];
  if (want === "") return 1;
  if (have.startsWith(want)) return 5;
  if (have.includes(` ${want}`)) return 4;
  const words = have.split(/[\s·.,:/_-]+/).filter(Boolean);
  if (
    /^\S{2,}$/.test(want) &&
    words
      .map((word) => word[0] ?? "")
      .join("")
      .startsWith(want)
  )
    return 3;
  if (have.includes(want)) return 2;
  const parts = want.split(/\s+/);
  return parts.length > 1 && parts.every((part) => have.includes(part)) ? 1 : 0;
}

export function found<T>(asked: string, items: readonly T[], textOf: (item: T) => string, most: number): T[] {
  return items
    .map((item, at) => ({ item, at, rank: likeness(asked, textOf(item)) }))
    .filter((entry) => entry.rank > 0)
    .sort((one, other) => other.rank - one.rank || one.at - other.at)
    .slice(0, most)
    .map((entry) => entry.item);
}
