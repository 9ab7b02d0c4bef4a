// The table of what was found: rows of one height, drawn as far as one sees them, read page by page ahead of the eye.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { usePreferences, useWords } from "../../parts/preferences";
import { layoutOf } from "./columns";
import { ResultRow } from "./ResultRow";
import type { ResultsProps } from "./result_props";
import { ResultsHead } from "./ResultsHead";

const AHEAD = 60; // rows before the end of what is loaded

// A row is as high as the density says; on a narrow screen it holds its cells as labels and values, two in a line.
function rowHeight(columns: number): number {
  const style = getComputedStyle(document.documentElement);
  const rows = matchMedia("(max-width: 639px)").matches ? 1.5 + Math.ceil(columns / 2) * 1.3 : parseFloat(style.getPropertyValue("--row")) || 1.875;
  return Math.round(parseFloat(style.fontSize) * rows);
}

export function Results(props: ResultsProps) {
  const { events, total, columns, types, sought, order, reach, place, open, chosen, more, loading, onMore, onPlace, onOpen, onChoose, onChooseAll, onColumns, onOrder, onValue } = props;
  const { say } = useWords();
  const { density } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [height, setHeight] = useState(30);
  const rows = useVirtualizer({ count: events.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 12 });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    const listen = () => {
      setHeight(rowHeight(columns.length));
    };
    listen();
    window.addEventListener("resize", listen);
    return () => {
      window.removeEventListener("resize", listen);
    };
  }, [columns.length, density]);
  useEffect(() => {
    rows.measure();
  }, [height, rows]);
  useEffect(() => {
    if (more && !loading && last >= events.length - AHEAD) onMore();
  }, [more, loading, last, events.length, onMore]);
  useEffect(() => {
    if (place.row >= 0) rows.scrollToIndex(place.row, { align: "auto" });
  }, [place.row, rows]);

  const key = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const screen = Math.max(1, Math.floor((box.current?.clientHeight ?? 300) / height) - 2);
    const down: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: screen, PageUp: -screen, Home: -events.length, End: events.length };
    const by = down[event.key];
    const side = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by !== undefined) onPlace({ row: Math.min(events.length - 1, Math.max(0, place.row + by)), cell: place.cell });
    else if (side !== 0) onPlace({ row: Math.max(0, place.row), cell: Math.min(columns.length - 1, Math.max(-1, place.cell + side)) });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const { template, least } = layoutOf(columns, types, reach);
  const activeId = place.row < 0 ? undefined : place.cell < 0 ? `${id}-${String(place.row)}` : `${id}-${String(place.row)}-${String(place.cell)}`;
  return (
    <div
      ref={box}
      className="results"
      role="grid"
      tabIndex={0}
      aria-label={say("search.results")}
      aria-rowcount={(total ?? events.length) + 1}
      aria-activedescendant={items.some((item) => item.index === place.row) ? activeId : undefined}
      aria-busy={loading}
      data-own-keys="ArrowDown ArrowUp ArrowLeft ArrowRight Home End PageDown PageUp"
      onKeyDown={key}
      onFocus={(event) => {
        if (event.target === event.currentTarget && place.row < 0 && events.length > 0) onPlace({ row: 0, cell: -1 });
      }}
    >
      <div className="resultsinner" style={{ minWidth: least }}>
        <div role="rowgroup" className="headgroup">
          <ResultsHead template={template} columns={columns} order={order} types={types} chosen={chosen} onChooseAll={onChooseAll} onColumns={onColumns} onOrder={onOrder} />
        </div>
        <div role="rowgroup" className="rowgroup" style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const event = events[item.index];
            if (!event) return null;
            return (
              <ResultRow
                key={event.id}
                event={event}
                id={id}
                index={item.index}
                top={item.start}
                height={item.size}
                template={template}
                columns={columns}
                types={types}
                sought={sought}
                reach={reach}
                place={place}
                open={open}
                chosen={chosen}
                onPlace={onPlace}
                onOpen={onOpen}
                onChoose={onChoose}
                onValue={onValue}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
