// Where one is in the table of results, and moving from there: rows, cells, the open event's neighbours.
import { useState } from "react";
import type { Found } from "../../api/search";
import { holdsMask } from "../../base/event_text";
import { textOfValue } from "../../base/hostile";
import { SUMMARY } from "./columns";
import type { Place } from "./result_props";

export const NOWHERE: Place = { row: -1, cell: -1 };

export function useMoves(events: readonly Found[], columns: readonly string[], open: string, onOpen: (id: string) => void) {
  const [place, setPlace] = useState<Place>(NOWHERE);
  const step = (by: number) => {
    const row = Math.min(events.length - 1, Math.max(0, place.row + by));
    setPlace({ row, cell: place.cell });
    const event = events[row];
    if (open && event) onOpen(event.id);
  };
  // From the open event to its neighbour in the list.
  const stepEvent = (by: number) => {
    const at = events.findIndex((event) => event.id === open);
    const event = at < 0 ? undefined : events[at + by];
    if (!event) return;
    setPlace({ row: at + by, cell: place.cell });
    onOpen(event.id);
  };
  // Does something with the value of the cell; not with one that is masked.
  const withCell = (act: (name: string, value: string) => void) => {
    const name = columns[place.cell];
    const value = name === undefined || name === SUMMARY ? undefined : events[place.row]?.fields[name];
    if (name === undefined || value === undefined) return;
    const text = textOfValue(value);
    if (!holdsMask(text)) act(name, text);
  };
  return { place, setPlace, step, stepEvent, withCell, openHere: () => events[place.row]?.id };
}
export type Moves = ReturnType<typeof useMoves>;
