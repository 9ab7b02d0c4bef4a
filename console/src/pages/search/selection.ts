// Which events are chosen, for evidence: one, a range from the last one, or as many as a file may hold.
import { useState } from "react";
import type { Found } from "../../api/search";

export const MOST_CHOSEN = 1000; // events of one evidence file

export function useSelection(events: readonly Found[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState(-1);
  return {
    chosen,
    choose: (row: number, isRange: boolean) => {
      setChosen((before) => {
        const after = new Set(before);
        const from = isRange && last >= 0 ? Math.min(last, row) : row;
        const ids = events.slice(from, Math.max(row, isRange && last >= 0 ? last : row) + 1).map((event) => event.id);
        const off = !isRange && ids.every((id) => before.has(id));
        for (const id of ids)
          if (off) after.delete(id);
          else after.add(id);
        return after;
      });
      setLast(row);
    },
    chooseAll: () => {
      setChosen((before) => (before.size > 0 ? new Set() : new Set(events.slice(0, MOST_CHOSEN).map((event) => event.id))));
    },
    unchoose: () => {
      setChosen(new Set());
    },
  };
}
export type Selection = ReturnType<typeof useSelection>;
