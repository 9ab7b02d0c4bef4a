// Organisations as a tree by their parents, drawn row by row: what is open, what a search finds, what is chosen above.
import { found } from "./find";
import { folded } from "./text";

export interface Unit {
  id: string;
  name: string;
  parent: string | null;
  ended: string | null;
}
export interface UnitRow {
  unit: Unit;
  level: number; // from 1
  below: number; // how many organisations, all the way down
  open: boolean;
  leaf: boolean;
}
export interface TreeOptions {
  asked: string; // without accents too; found ones stand with those above them
  open: ReadonlySet<string>;
  ended: boolean; // those that have ended as well
}

// Whoever sees no parent of a unit sees it at the top.
export function unitRows(units: readonly Unit[], { asked, open, ended }: TreeOptions): UnitRow[] {
  const live = ended ? units : units.filter((unit) => unit.ended === null);
  const known = new Map(live.map((unit) => [unit.id, unit]));
  const children = new Map<string, Unit[]>();
  for (const unit of live) {
    const parent = unit.parent !== null && known.has(unit.parent) ? unit.parent : "";
    children.set(parent, [...(children.get(parent) ?? []), unit]);
  }
  for (const list of children.values()) list.sort((one, other) => folded(one.name).localeCompare(folded(other.name)));
  let wanted: Set<string> | undefined;
  if (asked.trim() !== "") {
    wanted = new Set();
    for (const unit of found(asked, live, (one) => one.name, live.length))
      for (let at: Unit | undefined = unit; at && !wanted.has(at.id); at = at.parent === null ? undefined : known.get(at.parent)) wanted.add(at.id);
  }
  const rows: UnitRow[] = [];
  const walk = (parent: string, level: number, shown: boolean): number => {
    let count = 0;
    for (const unit of children.get(parent) ?? []) {
      const own = shown && (!wanted || wanted.has(unit.id));
      const row: UnitRow = { unit, level, below: 0, open: wanted !== undefined || open.has(unit.id), leaf: !children.has(unit.id) };
      if (own) rows.push(row);
      row.below = level < 64 ? walk(unit.id, level + 1, own && row.open) : 0; // a loop of parents ends here
      count += 1 + row.below;
    }
    return count;
  };
  walk("", 1, true);
  return rows;
}

// The nearest chosen one above: it holds the unit already.
export function chosenAbove(units: ReadonlyMap<string, Unit>, chosen: ReadonlySet<string>, id: string): string | undefined {
  let at = units.get(id)?.parent;
  for (let depth = 0; at && depth < 64; at = units.get(at)?.parent, depth += 1) if (chosen.has(at)) return at;
  return undefined;
}

// Chosen or not; a chosen one takes the place of those below it.
export function toggledUnit(units: ReadonlyMap<string, Unit>, chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen);
  if (next.delete(id)) return next;
  if (chosenAbove(units, chosen, id) !== undefined) return next;
  next.add(id);
  for (const other of chosen) if (chosenAbove(units, new Set([id]), other) !== undefined) next.delete(other);
  return next;
}
