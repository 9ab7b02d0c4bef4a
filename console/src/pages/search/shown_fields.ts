// Which fields are columns and which stand open at the side: those that tell most of what was found last. While the next
// search runs, columns and fields keep their places.
import { useMemo, useState } from "react";
import type { FieldCount, Found } from "../../api/search";
import { tellingColumns } from "../../base/event_text";
import { SUMMARY } from "./columns";

const OPEN_FIRST = 3;
const WIDE = 1800;
const rank = (first: readonly string[], name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
const columnsFor = (events: readonly Found[]): readonly string[] => {
  const best = tellingColumns(events);
  return best.length < 4 || globalThis.innerWidth >= WIDE ? [...best, SUMMARY] : best;
};

export function useShownFields(events: readonly Found[], fields: readonly FieldCount[], chosen: readonly string[] | undefined) {
  const [opened, setOpened] = useState<readonly string[] | null>(null);
  const best = useMemo(() => (events.length === 0 ? null : columnsFor(events)), [events]);
  const [kept, setKept] = useState<readonly string[]>([SUMMARY]);
  if (best && best !== kept) setKept(best);
  const telling = best ?? kept;
  const open =
    opened ??
    fields
      .filter((one) => telling.includes(one.name))
      .slice(0, OPEN_FIRST)
      .map((one) => one.name);
  const ordered = useMemo(
    () => [...fields].sort((one, other) => rank(telling, one.name) - rank(telling, other.name) || other.count - one.count || one.name.localeCompare(other.name)),
    [fields, telling],
  );
  const types = useMemo(() => new Map(fields.map((one) => [one.name, one.type])), [fields]);
  return {
    columns: chosen ?? telling,
    ordered,
    types,
    open,
    toggle: (name: string) => {
      setOpened(open.includes(name) ? open.filter((one) => one !== name) : [...open, name]);
    },
  };
}
