// The table of what was found: rows of one height, drawn as far as one sees them, read page by page ahead of the eye.
import { Menu } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import type { Found } from "../../api/search";
import { titleOf } from "../../base/field_titles";
import { holdsMask, isNumberField, summaryOf, withDots } from "../../base/event_text";
import { textOfValue } from "../../base/hostile";
import { isSought } from "../../parts/EventDetail";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { usePreferences, useWords } from "../../parts/preferences";
import { fullTime, keepsEnd, layoutOf, middleCut, movedColumn, rowTime, SUMMARY, toggled, type Reach } from "./columns";

const AHEAD = 60; // rows before the end of what is loaded

export interface Place {
  row: number;
  cell: number; // -1: the row as a whole
}
interface ResultsProps {
  events: readonly Found[];
  total: number | undefined;
  columns: readonly string[];
  types: ReadonlyMap<string, string>;
  sought: readonly { field: string; value: string }[];
  order: string;
  reach: Reach;
  place: Place;
  open: string;
  chosen: ReadonlySet<string>;
  more: boolean;
  loading: boolean;
  onMore: () => void;
  onPlace: (place: Place) => void;
  onOpen: (event: Found) => void;
  onChoose: (row: number, range: boolean) => void;
  onChooseAll: () => void;
  onColumns: (columns: string[]) => void;
  onOrder: (order: string) => void;
  onValue: (field: string, value: string, negated: boolean) => void;
}

// A row is as high as the density says; on a narrow screen it holds its cells as labels and values, two in a line.
function rowHeight(columns: number): number {
  const style = getComputedStyle(document.documentElement);
  const rows = matchMedia("(max-width: 639px)").matches ? 1.5 + Math.ceil(columns / 2) * 1.3 : parseFloat(style.getPropertyValue("--row")) || 1.875;
  return Math.round(parseFloat(style.fontSize) * rows);
}

function Cell({ event, name, sought }: { event: Found; name: string; sought: ResultsProps["sought"] }) {
  const { say, number } = useWords();
  const value = event.fields[name];
  if (value === undefined || value === null) return <span className="faint" aria-label={say("search.absent")}>{"·"}</span>;
  const text = textOfValue(value);
  if (holdsMask(text)) return <span className={withDots(text) === "●●●" ? "c-unk" : undefined} title={say("search.masked")}><Hostile text={withDots(text).slice(0, 300)} /></span>;
  if (typeof value === "number" && /bytes|packets/.test(name)) return number(value);
  return <Hostile text={keepsEnd(name) ? middleCut(text) : text.slice(0, 300)} mark={isSought(sought, name, text)} />;
}

function Header({ template, columns, order, types, chosen, onChooseAll, onColumns, onOrder }: Pick<ResultsProps, "columns" | "order" | "types" | "chosen" | "onChooseAll" | "onColumns" | "onOrder"> & { template: string }) {
  const { say, language } = useWords();
  return (
    <div className="erow ehead" role="row" style={{ gridTemplateColumns: template }}>
      <span role="columnheader"><input type="checkbox" aria-label={say("search.selectall")} title={say("search.selectall")} checked={chosen.size > 0} onChange={onChooseAll} /></span>
      <span role="columnheader" aria-sort={order === "oldest" ? "ascending" : "descending"}><button type="button" className="sort" onClick={() => { onOrder(order === "oldest" ? "newest" : "oldest"); }}>{say("search.time")}<span className={order === "oldest" ? "turned" : ""}><Icon name="down" /></span></button></span>
      <span role="columnheader" className="plain">{say("search.source")}</span>
      {columns.map((name) => (
        <span key={name} role="columnheader" className={isNumberField(name, types.get(name)) ? "num" : ""}>
          <Menu position="bottom-start" withInitialFocusPlaceholder={false} portalProps={{ target: "#main" }} transitionProps={{ duration: 0 }}>
            <Menu.Target><button type="button" className="sort" title={name === SUMMARY ? "" : name.slice(0, 200)}><span className="cut">{name === SUMMARY ? say("search.summary") : <Hostile text={titleOf(name, language) ?? middleCut(name, 24)} />}</span></button></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => { onColumns(movedColumn(columns, name, -1)); }}>{say("search.column.left")}</Menu.Item>
              <Menu.Item onClick={() => { onColumns(movedColumn(columns, name, 1)); }}>{say("search.column.right")}</Menu.Item>
              <Menu.Item onClick={() => { onColumns(toggled(columns, name)); }}>{say("search.column.off")}</Menu.Item>
              <Menu.Divider />
              {columns.includes(SUMMARY) ? null : <Menu.Item onClick={() => { onColumns([...columns, SUMMARY]); }}>{say("search.column.summary")}</Menu.Item>}
              <Menu.Item onClick={() => { onColumns([]); }}>{say("search.column.reset")}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </span>
      ))}
    </div>
  );
}

export function Results(props: ResultsProps) {
  const { events, total, columns, types, sought, order, reach, place, open, chosen, more, loading, onMore, onPlace, onOpen, onChoose, onChooseAll, onColumns, onOrder, onValue } = props;
  const { say, language } = useWords();
  const { density } = usePreferences();
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [height, setHeight] = useState(30);
  const rows = useVirtualizer({ count: events.length, getScrollElement: () => box.current, estimateSize: () => height, overscan: 12 });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const point = language === "vi" ? "," : ".";
  useEffect(() => {
    const listen = () => { setHeight(rowHeight(columns.length)); };
    listen();
    window.addEventListener("resize", listen);
    return () => { window.removeEventListener("resize", listen); };
  }, [columns.length, density]);
  useEffect(() => { rows.measure(); }, [height, rows]);
  useEffect(() => { if (more && !loading && last >= events.length - AHEAD) onMore(); }, [more, loading, last, events.length, onMore]);
  useEffect(() => { if (place.row >= 0) rows.scrollToIndex(place.row, { align: "auto" }); }, [place.row, rows]);

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
  const shownFields = new Set(columns);
  const activeId = place.row < 0 ? undefined : place.cell < 0 ? `${id}-${String(place.row)}` : `${id}-${String(place.row)}-${String(place.cell)}`;
  return (
    <div ref={box} className="results" role="grid" tabIndex={0} aria-label={say("search.results")} aria-rowcount={(total ?? events.length) + 1} aria-activedescendant={items.some((item) => item.index === place.row) ? activeId : undefined} aria-busy={loading} data-own-keys="ArrowDown ArrowUp ArrowLeft ArrowRight Home End PageDown PageUp" onKeyDown={key} onFocus={(event) => { if (event.target === event.currentTarget && place.row < 0 && events.length > 0) onPlace({ row: 0, cell: -1 }); }}>
      <div className="resultsinner" style={{ minWidth: least }}>
        <div role="rowgroup" className="headgroup"><Header template={template} columns={columns} order={order} types={types} chosen={chosen} onChooseAll={onChooseAll} onColumns={onColumns} onOrder={onOrder} /></div>
        <div role="rowgroup" className="rowgroup" style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const event = events[item.index];
            if (!event) return null;
            const here = place.row === item.index;
            return (
              <div key={event.id} id={`${id}-${String(item.index)}`} role="row" aria-rowindex={item.index + 2} aria-selected={event.id === open} className={`erow ${event.id === open ? "on" : ""} ${here ? "here" : ""} ${chosen.has(event.id) ? "chosen" : ""}`} style={{ top: item.start, height: item.size, gridTemplateColumns: template }} onClick={() => { onPlace({ row: item.index, cell: -1 }); onOpen(event); }}>
                <span role="gridcell" onClick={(click) => { click.stopPropagation(); }}><input type="checkbox" tabIndex={-1} aria-label={`${say("col.select")}: ${fullTime(event.occurred, point)}`} checked={chosen.has(event.id)} onChange={(change) => { onChoose(item.index, change.nativeEvent instanceof MouseEvent && change.nativeEvent.shiftKey); }} /></span>
                <span role="gridcell" className="mono nw"><time dateTime={event.occurred} title={fullTime(event.occurred, point)}>{rowTime(event.occurred, reach, point)}</time></span>
                <span role="gridcell" className="dim cut">{event.unparsed ? <span title={say("search.unparsed", { why: event.unparsed })} className="inline"><Mark kind="unknown" tone="c-unk" /></span> : null}<Hostile text={event.source.name} /></span>
                {columns.map((name, cell) => {
                  const text = textOfValue(event.fields[name]);
                  const focused = here && place.cell === cell;
                  return (
                    <span key={name} id={`${id}-${String(item.index)}-${String(cell)}`} role="gridcell" className={`cut ${isNumberField(name, types.get(name)) ? "num mono" : name === SUMMARY ? "dim" : "mono"} ${focused ? "cell" : ""}`} title={name !== SUMMARY && text.length > 24 ? text.slice(0, 300) : undefined} onDoubleClick={() => { onPlace({ row: item.index, cell }); }}>
                      <span className="labelcell faint small">{name === SUMMARY ? "" : (titleOf(name, language) ?? name.slice(0, 60))}{" "}</span>
                      {name === SUMMARY ? <Hostile text={summaryOf(event, shownFields)} /> : <Cell event={event} name={name} sought={sought} />}
                      {focused && name !== SUMMARY && event.fields[name] !== undefined && !holdsMask(text) ? <span className="pmz" onClick={(click) => { click.stopPropagation(); }}><button type="button" tabIndex={-1} aria-label={say("search.only", { what: name })} onClick={() => { onValue(name, text, false); }}><Icon name="plus" /></button><button type="button" tabIndex={-1} aria-label={say("search.except", { what: name })} onClick={() => { onValue(name, text, true); }}><Icon name="minus" /></button></span> : null}
                    </span>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
