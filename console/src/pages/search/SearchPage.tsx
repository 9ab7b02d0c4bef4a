import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useResource } from "../../api/resource";
import type { Found } from "../../api/search";
import { holdsMask, tellingColumns } from "../../base/event_text";
import { textOfValue } from "../../base/hostile";
import { exactly, soughtIn, withCondition } from "../../base/query_text";
import { formatRange, writeWithin, type Span } from "../../base/range";
import { formatClock } from "../../base/time";
import { Icon, Mark } from "../../parts/Icon";
import { FieldList } from "../../parts/FieldList";
import { Histogram } from "../../parts/Histogram";
import { usePageKeys } from "../../parts/page_keys";
import { useWords } from "../../parts/preferences";
import { useMe, useOrganisations } from "../../parts/session";
import { ErrorBox, Loading } from "../../parts/States";
import { useSearchAddress } from "./address";
import { gapsOf } from "./gaps";
import { reachOf, SUMMARY, toggled } from "./columns";
import { DetailRail } from "./DetailRail";
import { EvidenceDialog, ExportDialog } from "./Exporting";
import { NothingFound } from "./NothingFound";
import { Results, type Place } from "./Results";
import { SaveDialog } from "./Saving";
import { SearchHead } from "./SearchHead";
import { useSearch } from "./useSearch";
import "./search.css";

const OPEN_FIRST = 3;
const WIDE = 1800;
const MOST_CHOSEN = 1000; // events of one evidence file
const rank = (first: readonly string[], name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
const columnsFor = (events: readonly Found[]): readonly string[] => {
  const best = tellingColumns(events);
  return best.length < 4 || globalThis.innerWidth >= WIDE ? [...best, SUMMARY] : best;
};
const NOWHERE: Place = { row: -1, cell: -1 };

// Spans of the range in which sources were expected by their own rhythm and none spoke: not observed, so not zero.
function useGaps(range: Span) {
  const { may } = useMe();
  const sources = useResource("/api/v1/sources", { query: { limit: "1000" }, enabled: may("source:read") });
  const activity = useResource("/api/v1/sources/activity", { enabled: may("source:read") });
  const names = useMemo(() => new Map((sources.data?.items ?? []).map((source) => [source.id, source.name])), [sources.data]);
  const gaps = useMemo(() => (activity.data ? gapsOf(activity.data, range) : []), [activity.data, range]);
  return { gaps, names };
}

export function Page() {
  const { say, number } = useWords();
  const { may } = useMe();
  const { names: organisations } = useOrganisations();
  const address = useSearchAddress();
  const { q, range, part, go, again } = address;
  const [masked, setMasked] = useState(true);
  const search = useSearch(address, masked);
  const [draft, setDraft] = useState(q);
  const [base, setBase] = useState(q);
  const [place, setPlace] = useState<Place>(NOWHERE);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState(-1);
  const [opened, setOpened] = useState<readonly string[] | null>(null);
  const [dialog, setDialog] = useState<"save" | "export" | "evidence" | null>(null);
  const [told, setTold] = useState("");
  const [drawer, setDrawer] = useState<"" | "fields">("");
  const field = useRef<HTMLInputElement | null>(null);
  const { gaps, names: sources } = useGaps(range);
  // The address changed by itself (back, a saved search): the line follows.
  if (base !== q) { setBase(q); setDraft(q); setPlace(NOWHERE); }
  useEffect(() => { setTold(""); }, [say]);  // what was told in one language does not stand in another
  useEffect(() => { if (told) { const timer = setTimeout(() => { setTold(""); }, 4000); return () => { clearTimeout(timer); }; } return undefined; }, [told]);

  const events = useMemo(() => search.found.data ?? [], [search.found.data]);
  const fields = useMemo(() => search.fields.data?.items ?? [], [search.fields.data]);
  const types = useMemo(() => new Map(fields.map((one) => [one.name, one.type])), [fields]);
  // Chosen from what was found last: while the next search runs, columns and fields keep their places.
  const best = useMemo(() => (events.length === 0 ? null : columnsFor(events)), [events]);
  const [kept, setKept] = useState<readonly string[]>([SUMMARY]);
  if (best && best !== kept) setKept(best);
  const telling = best ?? kept;
  const columns = address.columns ?? telling;
  const sought = useMemo(() => soughtIn(q), [q]);
  const open = opened ?? fields.filter((one) => telling.includes(one.name)).slice(0, OPEN_FIRST).map((one) => one.name);
  const ordered = useMemo(() => [...fields].sort((one, other) => rank(telling, one.name) - rank(telling, other.name) || other.count - one.count || one.name.localeCompare(other.name)), [fields, telling]);

  const runText = (text: string) => { setDraft(text); if (text.trim() !== q) { setChosen(new Set()); go({ q: text.trim() }); } again(); };
  const onValue = (name: string, value: string, negated: boolean) => { runText(withCondition(draft, exactly(name, value), negated)); };
  const onPivot = (name: string, value: string) => { runText(exactly(name, value)); go({ q: exactly(name, value), event: "" }); };
  const setColumns = (next: readonly string[]) => { go({ columns: next.join(",") }, true); };
  const onColumn = (name: string) => { setColumns(toggled(columns, name)); };
  const openEvent = (id: string) => { go({ event: id }, true); };
  const clear = () => { setDraft(""); go({ q: "", within: "" }); again(); };
  const choose = (row: number, isRange: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      const from = isRange && last >= 0 ? Math.min(last, row) : row;
      const ids = events.slice(from, Math.max(row, isRange && last >= 0 ? last : row) + 1).map((event) => event.id);
      const off = !isRange && ids.every((id) => before.has(id));
      for (const id of ids) if (off) after.delete(id); else after.add(id);
      return after;
    });
    setLast(row);
  };
  const { fetchNextPage } = search.found;
  const more = useCallback(() => { void fetchNextPage(); }, [fetchNextPage]);

  const step = (by: number) => {
    const row = Math.min(events.length - 1, Math.max(0, place.row + by));
    setPlace({ row, cell: place.cell });
    const event = events[row];
    if (address.event && event) openEvent(event.id);
  };
  // From the open event to its neighbour in the list.
  const stepEvent = (by: number) => {
    const at = events.findIndex((event) => event.id === address.event);
    const event = at < 0 ? undefined : events[at + by];
    if (!event) return;
    setPlace({ row: at + by, cell: place.cell });
    openEvent(event.id);
  };
  const atCell = () => {
    const name = columns[place.cell];
    const value = name === undefined || name === SUMMARY ? undefined : events[place.row]?.fields[name];
    return name === undefined || value === undefined ? undefined : { name, value: textOfValue(value) };
  };
  const withCell = (act: (name: string, value: string) => void) => { const cell = atCell(); if (cell && !holdsMask(cell.value)) act(cell.name, cell.value); };
  const escape = () => {
    if (search.busy) search.stop();
    else if (drawer) setDrawer("");
    else if (address.event) go({ event: "" }, true);
    else if (chosen.size > 0) setChosen(new Set());
    else if (part) go({ within: "" });
  };
  usePageKeys([
    { keys: ["/"], shown: "/", words: "keys.search.line", action: () => { field.current?.focus(); field.current?.select(); } },
    { keys: ["Tab ↑ ↓"], shown: "Tab · ↑ ↓", words: "keys.search.complete" },
    { keys: ["j"], shown: "J", words: "keys.search.down", action: () => { step(1); } }, { keys: ["k"], shown: "K", words: "keys.search.up", action: () => { step(-1); } },
    { keys: ["Enter"], shown: "Enter", words: "keys.search.open", action: () => { const event = events[place.row]; if (event) openEvent(event.id); } },
    { keys: ["← →"], shown: "← →", words: "keys.search.cells" },
    { keys: ["+"], shown: "+", words: "keys.search.include", action: () => { withCell((name, value) => { onValue(name, value, false); }); } }, { keys: ["-"], shown: "-", words: "keys.search.exclude", action: () => { withCell((name, value) => { onValue(name, value, true); }); } },
    { keys: ["p"], shown: "P", words: "keys.search.pivot", action: () => { withCell(onPivot); } }, { keys: ["y"], shown: "Y", words: "keys.search.copy", action: () => { withCell((_, value) => { void navigator.clipboard.writeText(value).then(() => { setTold(say("do.copied")); }, () => undefined); }); } },
    { keys: ["x"], shown: "X", words: "keys.select", action: () => { if (place.row >= 0) choose(place.row, false); } }, { keys: ["Shift+x"], shown: "Shift X", words: "keys.search.range", action: () => { if (place.row >= 0) choose(place.row, true); } },
    { keys: ["u", "."], shown: "U · .", words: "keys.search.again", action: again }, { keys: ["]"], shown: "]", words: "keys.search.next", action: () => { stepEvent(1); } }, { keys: ["["], shown: "[", words: "keys.search.previous", action: () => { stepEvent(-1); } }, { keys: ["i"], shown: "I", words: "keys.search.fields", action: () => { setDrawer(drawer ? "" : "fields"); } },
    { keys: ["Alt ← →"], shown: "Alt ← → · Alt Shift ← →", words: "keys.search.brush" },
    { keys: ["Escape"], shown: "Esc", words: "keys.search.escape", action: escape }, { keys: ["Shift+Escape"], shown: "Shift Esc", words: "keys.search.clear", action: clear },
  ]);

  const span = part ?? range;
  const count = search.count.data?.count;
  const partial = search.stopped && count === undefined;
  const unasked = search.found.error?.details["offset"] !== undefined; // the line shows what is wrong with it
  return (
    <div className={`searchpage ${address.event ? "withdetail" : ""} ${drawer ? "withfields" : ""}`}>
      <SearchHead address={address} search={search} draft={draft} field={field} sources={sources} masked={masked} told={told} onDraft={setDraft} onRun={runText} onMasked={setMasked} onClear={clear} onSave={() => { setDialog("save"); }} onExport={() => { setDialog("export"); }}
        onShare={() => { navigator.clipboard.writeText(address.shared()).then(() => { setTold(say("search.shared")); }, () => { setTold(say("search.shared.not")); }); }} />
      <div className="searchcols">
        <aside className="fields" aria-label={say("search.fields")}>
          <p className="drawerclose"><button type="button" className="btn sm" onClick={() => { setDrawer(""); }}><Icon name="close" />{say("search.fields.shut")}</button></p>
          {search.fields.error && !unasked ? <ErrorBox error={search.fields.error} retry={() => { void search.fields.refetch(); }} /> : null}
          {fields.length > 0 ? <FieldList fields={ordered} open={open} columns={columns} question={search.question} run={address.run} onValue={onValue} onColumn={onColumn} onOpen={(name) => { setOpened(open.includes(name) ? open.filter((one) => one !== name) : [...open, name]); }} /> : search.fields.isFetching ? <Loading rows={8} /> : null}
        </aside>
        <div className="found">
          <section className="sec counts">
            <div className="row small"><b className="total" data-testid="total" role="status">{partial ? say("search.least", { n: number(events.length) }) : count === undefined ? (search.count.isFetching ? say("search.counting") : "") : say("search.count", { n: number(count) })}</b><span className="dim">{formatRange(span, address.anchor)}{part ? ` · ${say("search.chosen.part")}` : ""}{search.found.dataUpdatedAt > 0 ? ` · ${say("search.asked", { time: formatClock(search.found.dataUpdatedAt, true) })}` : ""}</span>
              {search.waitingEvents > 0 ? <button type="button" className="btn sm c-acc" onClick={again}><Icon name="up" />{say("search.new", { n: number(search.waitingEvents) })}<span className="kbd">{"."}</span></button> : null}
              <button type="button" className="btn sm fieldsbutton" aria-expanded={drawer === "fields"} onClick={() => { setDrawer(drawer ? "" : "fields"); }}><Icon name="filter" />{say("search.fields")}</button>
              {gaps.length > 0 ? <span className="end dim gap" title={say("search.gap.why")}><i aria-hidden="true" />{say("search.gap", { from: formatClock(gaps.at(-1)?.from ?? 0), to: formatClock(gaps.at(-1)?.to ?? 0) })}</span> : null}</div>
            {search.histogram.error && !unasked ? <ErrorBox error={search.histogram.error} retry={() => { void search.histogram.refetch(); }} /> : null}
            <Histogram buckets={search.buckets} step={search.step} range={range} part={part} gaps={gaps} onWidth={search.setWidth} onChoose={(next) => { go({ within: next ? writeWithin(next) : "" }); }} onZoom={(next) => { go({ from: new Date(next.from).toISOString(), to: new Date(next.to).toISOString() }); }} />
          </section>
          {search.found.error && !unasked ? <ErrorBox error={search.found.error} retry={() => { void search.found.refetch(); }} /> : null}
          {search.stopped ? <p className="ban high" role="status"><Mark kind="unknown" tone="c-high" />{say("search.stopped.note")}<button type="button" className="btn sm end" onClick={again}>{say("do.retry")}</button></p> : null}
          {search.found.data === undefined ? (search.found.isFetching ? <Loading rows={12} /> : null) : events.length === 0 ? (
            <NothingFound q={q} span={span} from={address.from} to={address.to} now={address.anchor} searched={search.found.dataUpdatedAt} onWider={(from) => { go({ from, to: "" }); again(); }} onEverything={clear} />
          ) : (
            <Results events={events} total={count} columns={columns} types={types} sought={sought} order={address.order} reach={reachOf(span.from, span.to - 1)} place={place} open={address.event} chosen={chosen} more={search.found.hasNextPage} loading={search.found.isFetching} onMore={more} onPlace={setPlace} onOpen={(event) => { openEvent(event.id); }} onChoose={choose} onChooseAll={() => { setChosen((before) => (before.size > 0 ? new Set() : new Set(events.slice(0, MOST_CHOSEN).map((event) => event.id)))); }} onColumns={setColumns} onOrder={(sort) => { setPlace(NOWHERE); go({ sort: sort === "newest" ? "" : sort }, true); }} onValue={onValue} />
          )}
          {chosen.size > 0 ? (
            <div className="bulk"><b>{say("findings.selected", { n: number(chosen.size) })}</b><button type="button" className="btn sm" onClick={() => { setChosen(new Set()); }}>{say("search.unselect")}</button>{may("evidence:export") ? <button type="button" className="btn pri end" disabled={chosen.size > MOST_CHOSEN} onClick={() => { setDialog("evidence"); }}><Icon name="download" />{say("search.evidence.do", { n: number(chosen.size) })}</button> : null}</div>
          ) : (
            <div className="foot row small dim"><span>{place.row >= 0 ? say("search.row", { n: number(place.row + 1), m: count === undefined ? "…" : number(count) }) : count === undefined ? "" : say("search.rows", { n: number(count) })}</span>{search.found.hasNextPage ? (search.found.isFetching ? <span className="faint">{say("search.more.loading")}</span> : <button type="button" className="link small" onClick={more}>{say("search.more", { n: number(events.length) })}</button>) : null}<span className="end row keysline" aria-hidden="true"><span className="kbd">{"J"}</span><span className="kbd">{"K"}</span>{say("search.foot.move")}<span className="kbd">{"+"}</span><span className="kbd">{"-"}</span>{say("search.foot.value")}<span className="kbd">{"P"}</span>{say("search.foot.pivot")}<span className="kbd">{"?"}</span>{say("search.foot.keys")}</span></div>
          )}
        </div>
        {address.event ? <DetailRail id={address.event} events={events} types={types} sought={sought} columns={columns} organisations={organisations} onValue={onValue} onPivot={onPivot} onColumn={onColumn} onOpen={(event) => { openEvent(event.id); }} onClose={() => { go({ event: "" }, true); }} /> : null}
      </div>
      {dialog === "save" ? <SaveDialog q={q} range={`${address.from}/${address.to}`} onClose={() => { setDialog(null); }} /> : null}
      {dialog === "export" ? <ExportDialog question={search.question} count={count} onClose={() => { setDialog(null); }} /> : null}
      {dialog === "evidence" ? <EvidenceDialog ids={[...chosen]} onClose={() => { setDialog(null); }} /> : null}
    </div>
  );
}
