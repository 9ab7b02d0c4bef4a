// A table whose columns sort and can be chosen (TanStack Table), with a search that ignores accents. What a person chose is
// kept in this browser per table. Rows that the server pages are sorted among those that were loaded, and it says so.
import { Menu } from "@mantine/core";
import { columnVisibilityFeature, createSortedRowModel, rowSortingFeature, tableFeatures, useTable, type ColumnDef, type SortingState, type ColumnVisibilityState } from "@tanstack/react-table";
import { useMemo, useState, type ReactNode } from "react";
import { folded } from "../base/text";
import { Icon } from "./Icon";
import { kept, keep, useWords } from "./preferences";

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel() });

export interface Column<T> {
  id: string;
  title: string;
  value: (row: T) => string | number; // sorts and is searched
  show?: (row: T) => ReactNode; // else the value itself
  number?: boolean;
  fixed?: boolean; // cannot be hidden or sorted: buttons
  hidden?: boolean; // at first
}
interface DataTableProps<T> {
  name: string; // under which the choice is kept
  rows: readonly T[];
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  empty?: ReactNode;
  partly?: boolean; // more rows stand at the server
  tools?: ReactNode;
}
interface Choice {
  sorting: SortingState;
  hidden: Record<string, boolean>;
}

function readChoice(name: string): Choice | undefined {
  try {
    const value: unknown = JSON.parse(kept(`table.${name}`) ?? "null");
    if (typeof value !== "object" || value === null || !("sorting" in value) || !("hidden" in value) || !Array.isArray(value.sorting)) return undefined;
    const sorting = value.sorting.flatMap((sort: unknown) =>
      typeof sort === "object" && sort !== null && "id" in sort && "desc" in sort && typeof sort.id === "string" && typeof sort.desc === "boolean" ? [{ id: sort.id, desc: sort.desc }] : [],
    );
    const hidden = Object.fromEntries(Object.entries(value.hidden ?? {}).filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean"));
    return { sorting, hidden };
  } catch {
    return undefined;
  }
}

export function DataTable<T extends object>({ name, rows, columns, keyOf, empty, partly = false, tools }: DataTableProps<T>) {
  const { say, number } = useWords();
  const initial = useMemo((): Record<string, boolean> => Object.fromEntries(columns.filter((column) => column.hidden).map((column) => [column.id, false])), [columns]);
  const [choice, setChoice] = useState<Choice>(() => readChoice(name) ?? { sorting: [], hidden: initial });
  const [asked, setAsked] = useState("");
  const change = (next: Choice) => {
    setChoice(next);
    keep(`table.${name}`, JSON.stringify(next));
  };
  const want = folded(asked.trim());
  const data = useMemo(() => (want ? rows.filter((row) => folded(columns.map((column) => String(column.value(row))).join(" ")).includes(want)) : [...rows]), [rows, columns, want]);
  const definitions = useMemo(
    (): ColumnDef<typeof features, T>[] =>
      columns.map((column) => ({ id: column.id, accessorFn: (row: T) => column.value(row), enableSorting: !column.fixed, enableHiding: !column.fixed, sortUndefined: "last" })),
    [columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: keyOf,
    state: { sorting: choice.sorting, columnVisibility: choice.hidden },
    onSortingChange: (next) => {
      change({ ...choice, sorting: typeof next === "function" ? next(choice.sorting) : next });
    },
    onColumnVisibilityChange: (next: ColumnVisibilityState | ((old: ColumnVisibilityState) => ColumnVisibilityState)) => {
      change({ ...choice, hidden: typeof next === "function" ? next(choice.hidden) : next });
    },
  });
  const by = new Map(columns.map((column) => [column.id, column]));
  const shown = table.getVisibleLeafColumns();
  return (
    <>
      <div className="tabletools row">
        <label className="labelled">
          <span className="vh">{say("table.search")}</span>
          <input
            className="input"
            type="search"
            placeholder={say("table.search")}
            maxLength={200}
            value={asked}
            onChange={(event) => {
              setAsked(event.target.value);
            }}
          />
        </label>
        <span className="faint small" role="status">
          {want ? say("table.found", { n: number(data.length), m: number(rows.length) }) : say(partly ? "table.atleast" : "table.rows", { n: number(rows.length) })}
        </span>
        {tools}
        <span className="end">
          <Menu position="bottom-end" closeOnItemClick={false} transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <button type="button" className="btn sm">
                <Icon name="columns" />
                {say("table.columns")}
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {columns
                .filter((column) => !column.fixed)
                .map((column) => (
                  <Menu.CheckboxItem
                    key={column.id}
                    closeMenuOnClick={false}
                    checked={choice.hidden[column.id] !== false}
                    onChange={() => {
                      table.getColumn(column.id)?.toggleVisibility();
                    }}
                  >
                    {column.title}
                  </Menu.CheckboxItem>
                ))}
              <Menu.Divider />
              <Menu.Item
                onClick={() => {
                  change({ sorting: [], hidden: initial });
                }}
              >
                {say("table.reset")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </span>
      </div>
      <div className="scrollx" tabIndex={0}>
        <table className="tbl flush">
          <thead>
            <tr>
              {shown.map((column) => {
                const own = by.get(column.id);
                const sorted = column.getIsSorted();
                return (
                  <th key={column.id} scope="col" className={own?.number ? "num" : ""} aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}>
                    {own?.fixed ? (
                      <span className="vh">{own.title}</span>
                    ) : (
                      <button
                        type="button"
                        className="sort"
                        title={say("table.sort")}
                        onClick={(event) => {
                          column.toggleSorting(undefined, event.shiftKey);
                        }}
                      >
                        {own?.title}
                        {sorted ? (
                          <span className={sorted === "asc" ? "dir up" : "dir"}>
                            <Icon name="down" />
                          </span>
                        ) : null}
                      </button>
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id}>
                {shown.map((column) => {
                  const own = by.get(column.id);
                  return (
                    <td key={column.id} data-label={own?.fixed ? undefined : own?.title} className={own?.number || own?.fixed ? "num" : ""}>
                      {own?.show ? own.show(row.original) : own?.value(row.original)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.length === 0 ? <div className="pad dim">{want ? say("table.nothing") : empty}</div> : null}
    </>
  );
}
