// Organisations as a tree that is searched and walked by keys (WAI-ARIA tree): arrows move and fold, Space chooses one more,
// Enter takes this one alone.
import { useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { chosenAbove, unitRows, type Unit, type UnitRow } from "../base/organisation_tree";
import { formatDate } from "../base/time";
import { Hostile } from "./Hostile";
import { Icon } from "./Icon";
import { useWords } from "./preferences";

const MOST_ROWS = 300;

interface UnitTreeProps {
  units: readonly Unit[];
  chosen: ReadonlySet<string>;
  ended: boolean;
  onToggle: (id: string) => void;
  onOnly: (id: string) => void;
}

// The top stands open, and whatever leads to what is chosen.
function firstOpen(units: readonly Unit[], chosen: ReadonlySet<string>): Set<string> {
  const by = new Map(units.map((unit) => [unit.id, unit]));
  const open = new Set(units.filter((unit) => unit.parent === null || !by.has(unit.parent)).map((unit) => unit.id));
  for (const id of chosen) for (let at = by.get(id)?.parent; at && !open.has(at); at = by.get(at)?.parent) open.add(at);
  return open;
}

export function UnitTree({ units, chosen, ended, onToggle, onOnly }: UnitTreeProps) {
  const { say, number } = useWords();
  const id = useId();
  const tree = useRef<HTMLUListElement>(null);
  const [asked, setAsked] = useState("");
  const [open, setOpen] = useState<ReadonlySet<string>>(() => firstOpen(units, chosen));
  const [at, setAt] = useState(0);
  const by = useMemo(() => new Map(units.map((unit) => [unit.id, unit])), [units]);
  const rows = useMemo(() => unitRows(units, { asked, open, ended }).slice(0, MOST_ROWS), [units, asked, open, ended]);
  const here = Math.min(at, rows.length - 1);
  const fold = (unit: string, wide: boolean) => {
    const next = new Set(open);
    if (wide) next.add(unit);
    else next.delete(unit);
    setOpen(next);
  };
  const go = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setAt(next);
    tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[next]?.focus();
  };
  const above = (row: UnitRow) => {
    const before = rows.slice(0, here).findLastIndex((other) => other.level < row.level);
    if (before >= 0) go(before);
  };
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const row = rows[here];
    if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
    const does: Record<string, () => void> = {
      ArrowDown: () => {
        go(here + 1);
      },
      ArrowUp: () => {
        if (here === 0) document.getElementById(`${id}-search`)?.focus();
        else go(here - 1);
      },
      Home: () => {
        go(0);
      },
      End: () => {
        go(rows.length - 1);
      },
      ArrowRight: () => {
        if (row.leaf) return;
        if (row.open) go(here + 1);
        else fold(row.unit.id, true);
      },
      ArrowLeft: () => {
        if (!row.leaf && row.open && asked === "") fold(row.unit.id, false);
        else above(row);
      },
      " ": () => {
        onToggle(row.unit.id);
      },
      Enter: () => {
        onOnly(row.unit.id);
      },
    };
    const act = does[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const item = (row: UnitRow, index: number) => {
    const { unit } = row;
    const held = chosenAbove(by, chosen, unit.id);
    const on = chosen.has(unit.id);
    return (
      <li
        key={unit.id}
        role="treeitem"
        aria-level={row.level}
        aria-checked={on || held !== undefined}
        aria-expanded={row.leaf ? undefined : row.open}
        aria-disabled={held !== undefined}
        tabIndex={index === here ? 0 : -1}
        className={held === undefined ? "unit" : "unit held"}
        style={{ paddingLeft: `${String((row.level - 1) * 1.25)}rem` }}
        onFocus={() => {
          setAt(index);
        }}
        onClick={() => {
          onToggle(unit.id);
        }}
      >
        <span
          className={row.open ? "fold open" : "fold"}
          aria-hidden="true"
          onClick={(event) => {
            if (row.leaf || asked !== "") return;
            event.stopPropagation();
            fold(unit.id, !row.open);
          }}
        >
          {row.leaf ? null : <Icon name="right" />}
        </span>
        <span className={on || held !== undefined ? "tickbox on" : "tickbox"} aria-hidden="true">
          {on || held !== undefined ? <Icon name="check" /> : null}
        </span>
        <span className="name">
          <Hostile text={unit.name} />
          {unit.ended ? <span className="small faint"> {say("scope.ended", { time: formatDate(unit.ended) })}</span> : null}
          {held !== undefined ? <span className="small faint"> {say("scope.held")}</span> : null}
        </span>
        {row.below > 0 ? <span className="small faint nw end">{say("scope.below", { n: number(row.below) })}</span> : null}
      </li>
    );
  };
  return (
    <>
      <label className="labelled" htmlFor={`${id}-search`}>
        <span className="vh">{say("scope.search")}</span>
        <input
          id={`${id}-search`}
          className="input"
          type="search"
          data-autofocus
          autoComplete="off"
          maxLength={100}
          placeholder={say("scope.search")}
          value={asked}
          onChange={(event) => {
            setAsked(event.target.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "Enter") return;
            event.preventDefault();
            event.stopPropagation();
            // Enter takes what fits best: the first that was found, not one that only stands above it.
            const first = rows.find((row) => row.leaf) ?? rows[0];
            if (event.key === "ArrowDown") go(0);
            else if (asked !== "" && first) onOnly(first.unit.id);
          }}
        />
      </label>
      <ul ref={tree} className="units" role="tree" aria-multiselectable="true" aria-label={say("scope.tree")} onKeyDown={key}>
        {rows.map(item)}
      </ul>
      {rows.length === 0 ? (
        <p className="dim" role="status">
          {say("scope.none")}
        </p>
      ) : null}
    </>
  );
}
