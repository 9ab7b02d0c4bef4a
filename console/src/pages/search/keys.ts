// The keys of the search page.
import { usePageKeys, type PageKey } from "../../parts/page_keys";
import type { Moves } from "./moves";
import type { Selection } from "./selection";

interface SearchKeys {
  moves: Moves;
  selection: Selection;
  onLine: () => void;
  onOpen: (id: string) => void;
  onValue: (field: string, value: string, negated: boolean) => void;
  onPivot: (field: string, value: string) => void;
  onCopy: (value: string) => void;
  onAgain: () => void;
  onFields: () => void;
  onEscape: () => void;
  onClear: () => void;
}

export function useSearchKeys({ moves, selection, onLine, onOpen, onValue, onPivot, onCopy, onAgain, onFields, onEscape, onClear }: SearchKeys): void {
  const { place, step, stepEvent, withCell } = moves;
  const key = (keys: string, shown: string, words: PageKey["words"], action?: () => void): PageKey => ({ keys: keys.split(" "), shown, words, ...(action ? { action } : {}) });
  const choose = (isRange: boolean) => {
    if (place.row >= 0) selection.choose(place.row, isRange);
  };
  const take = (negated: boolean) => {
    withCell((name, value) => {
      onValue(name, value, negated);
    });
  };
  usePageKeys([
    key("/", "/", "keys.search.line", onLine),
    key("-complete", "Tab · ↑ ↓", "keys.search.complete"),
    key("j", "J", "keys.search.down", () => {
      step(1);
    }),
    key("k", "K", "keys.search.up", () => {
      step(-1);
    }),
    key("Enter", "Enter", "keys.search.open", () => {
      const id = moves.openHere();
      if (id !== undefined) onOpen(id);
    }),
    key("-cells", "← →", "keys.search.cells"),
    key("+", "+", "keys.search.include", () => {
      take(false);
    }),
    key("-", "-", "keys.search.exclude", () => {
      take(true);
    }),
    key("p", "P", "keys.search.pivot", () => {
      withCell(onPivot);
    }),
    key("y", "Y", "keys.search.copy", () => {
      withCell((_, value) => {
        onCopy(value);
      });
    }),
    key("x", "X", "keys.select", () => {
      choose(false);
    }),
    key("Shift+x", "Shift X", "keys.search.range", () => {
      choose(true);
    }),
    key("u .", "U · .", "keys.search.again", onAgain),
    key("]", "]", "keys.search.next", () => {
      stepEvent(1);
    }),
    key("[", "[", "keys.search.previous", () => {
      stepEvent(-1);
    }),
    key("i", "I", "keys.search.fields", onFields),
    key("-brush", "Alt ← → · Alt Shift ← →", "keys.search.brush"),
    key("Escape", "Esc", "keys.search.escape", onEscape),
    key("Shift+Escape", "Shift Esc", "keys.search.clear", onClear),
  ]);
}
