// One event in full: its parsed fields, the bytes as they came, and what happened around it. Masked values are shown for a
// minute to who may see them and gives a reason; the server writes the reason into the audit chain.
import { useQueryClient } from "@tanstack/react-query";
import { Fragment, useEffect, useState, type KeyboardEvent } from "react";
import { ApiError } from "../api/client";
import { revealEvent, type Found } from "../api/search";
import { holdsMask, withDots } from "../base/event_text";
import { textOfValue } from "../base/hostile";
import { OWN } from "../base/query_text";
import { formatExact } from "../base/range";
import { formatDate } from "../base/time";
import { AskDialog } from "./Dialog";
import { EventContext, SameEntity } from "./EventAround";
import { EventRaw } from "./EventRaw";
import { Hostile } from "./Hostile";
import { Icon, Mark } from "./Icon";
import { useWords } from "./preferences";
import { useMe } from "./session";
import "./search.css";

const REVEALED_S = 60;
const LONG = 120;

export interface EventActions {
  onValue: (field: string, value: string, negated: boolean) => void;
  onPivot: (field: string, value: string) => void;
  onColumn: (field: string) => void;
  onOpen: (event: Found) => void;
  onClose: () => void;
}
interface EventDetailProps extends EventActions {
  event: Found;
  types: ReadonlyMap<string, string>;
  sought: readonly { field: string; value: string }[];
  columns: readonly string[];
  organisation: string;
}

export const isSought = (sought: readonly { field: string; value: string }[], name: string, value: string): boolean => {
  const low = value.toLowerCase();
  return sought.some((word) => (word.field === "" ? low.includes(word.value.toLowerCase()) : word.field === name && low === word.value.toLowerCase()));
};

interface FieldRowProps extends Pick<EventActions, "onValue" | "onPivot"> {
  onColumn: ((field: string) => void) | undefined;
  name: string;
  value: string;
  type: string | undefined;
  marked: boolean;
  isColumn: boolean;
  first: boolean;
  onReveal: (() => void) | undefined;
}
function FieldRow({ name, value, type, marked, isColumn, first, onValue, onPivot, onColumn, onReveal }: FieldRowProps) {
  const { say } = useWords();
  const [whole, setWhole] = useState(false);
  const [copied, setCopied] = useState(false);
  const hidden = holdsMask(value);
  const copy = () => { navigator.clipboard.writeText(value).then(() => { setCopied(true); }, () => { setCopied(false); }); };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = event.key === "ArrowDown" || event.key === "j" ? event.currentTarget.nextElementSibling : event.key === "ArrowUp" || event.key === "k" ? event.currentTarget.previousElementSibling : null;
    const does: Record<string, () => void> = { p: () => { if (!hidden) onPivot(name, value); }, y: () => { if (!hidden) copy(); }, "+": () => { if (!hidden) onValue(name, value, false); }, "-": () => { if (!hidden) onValue(name, value, true); }, Enter: () => { setWhole(!whole); } };
    const act = next instanceof HTMLElement ? () => { next.focus(); } : does[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const action = (icon: "plus" | "minus" | "copy" | "columns" | "check", words: string, act: () => void) => <button type="button" tabIndex={-1} aria-label={`${words}: ${name.slice(0, 100)}`} title={words} onClick={act}><Icon name={icon} /></button>;
  return (
    <div className="fieldrow" role="listitem" tabIndex={first ? 0 : -1} data-own-keys="j k ArrowDown ArrowUp + - p y Enter" onKeyDown={key} data-field={name.slice(0, 100)}>
      <span className="mono dim name">{name.slice(0, 300).split(/(?<=[._])/).map((part, at) => <Fragment key={at}><Hostile text={part} /><wbr /></Fragment>)}</span>
      <div className="mono value">
        {hidden ? <span><span className="c-unk mono"><Hostile text={withDots(value)} /></span>{" "}{onReveal ? <button type="button" className="link" onClick={onReveal}>{say("search.reveal.short")}</button> : null}</span>
          : value === "" ? <span className="faint">{say("search.blank")}</span>
          : <div className={whole ? "whole" : "clamp"}><Hostile text={value} mark={marked} /></div>}
        {value.length > LONG ? <button type="button" className="link small" aria-expanded={whole} onClick={() => { setWhole(!whole); }}>{say(whole ? "search.less" : "search.whole")}</button> : null}
      </div>
      <span className="micro faint type">{copied ? say("do.copied") : type}</span>
      {hidden ? null : <span className="pmz">{action("plus", say("search.only.short"), () => { onValue(name, value, false); })}{action("minus", say("search.except.short"), () => { onValue(name, value, true); })}{action("copy", say("do.copy"), copy)}{onColumn ? action(isColumn ? "check" : "columns", say(isColumn ? "search.column.off" : "search.column.on"), () => { onColumn(name); }) : null}</span>}
    </div>
  );
}

// The source is asked for by its id and shown by its name.
function SourceRow({ event, first, onValue, onPivot }: { event: Found; first: boolean } & Pick<EventActions, "onValue" | "onPivot">) {
  const id = event.source.id ?? "";
  return <FieldRow name="source" value={event.source.name} type={undefined} marked={false} isColumn={false} first={first} onValue={(_, __, negated) => { onValue(`${OWN}source`, id, negated); }} onPivot={() => { onPivot(`${OWN}source`, id); }} onColumn={undefined} onReveal={undefined} />;
}

// What was revealed, for a minute.
function useRevealed(id: string) {
  const queries = useQueryClient();
  const [revealed, setRevealed] = useState<{ event: Found; until: number } | null>(null);
  const [left, setLeft] = useState(0);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [of, setOf] = useState(id);
  if (of !== id) { setOf(id); setRevealed(null); setAsking(false); setError(null); }
  useEffect(() => {
    if (!revealed) return;
    const tick = () => {
      const rest = Math.ceil((revealed.until - Date.now()) / 1000);
      setLeft(rest);
      if (rest <= 0) setRevealed(null);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => { clearInterval(timer); };
  }, [revealed]);
  const reveal = (reason: string) => {
    setBusy(true);
    revealEvent(id, reason).then((event) => {
      setRevealed({ event, until: Date.now() + REVEALED_S * 1000 });
      setAsking(false);
      setError(null);
      void queries.invalidateQueries({ queryKey: ["/api/v1/audit"] });
    }, (cause: unknown) => { setError(cause instanceof ApiError ? cause : new ApiError(0, String(cause), "internal", undefined)); }).finally(() => { setBusy(false); });
  };
  return { event: revealed?.event, left, asking, busy, error, reveal, ask: () => { setAsking(true); }, hide: () => { setRevealed(null); }, stop: () => { setAsking(false); setError(null); } };
}

const TABS = ["parsed", "raw", "around"] as const;

export function EventDetail({ event, types, sought, columns, organisation, onValue, onPivot, onColumn, onOpen, onClose }: EventDetailProps) {
  const { say, language } = useWords();
  const { may } = useMe();
  const [tab, setTab] = useState<(typeof TABS)[number]>("parsed");
  const shown = useRevealed(event.id);
  const now = shown.event ?? event;
  const point = language === "vi" ? "," : ".";
  const onReveal = may("personal:reveal") ? shown.ask : undefined;
  // Several values of a field stand one below the other: each can be asked for.
  const fields = Object.entries(now.fields).flatMap(([name, value]) => (Array.isArray(value) && value.length > 0 ? value : [value]).map((one): [string, string] => [name, textOfValue(one)]));
  return (
    <>
      <header className="sec detailhead">
        <div className="row"><h2 className="mono">{formatExact(event.occurred, point)}</h2><span className="dim small">{formatDate(event.occurred)}{" · "}<Hostile text={event.source.name} />{" · "}{say("search.received", { time: formatExact(event.received, point) })}</span><button type="button" className="btn sm bare end" aria-label={say("search.shut")} title={say("search.shut")} onClick={onClose}><Icon name="close" /></button></div>
        {event.unparsed ? <p className="c-unk small"><Mark kind="unknown" tone="c-unk" /><Hostile text={say("search.unparsed", { why: event.unparsed })} /></p> : null}
        {shown.event ? <p className="ban unk small" role="status">{say("search.revealed", { n: shown.left })}<button type="button" className="btn sm end" onClick={shown.hide}>{say("search.hide")}</button></p> : null}
      </header>
      <div className="tabs" role="tablist" aria-label={say("search.event")} onKeyDown={(press) => {
        const step = press.key === "ArrowRight" ? 1 : press.key === "ArrowLeft" ? TABS.length - 1 : 0;
        const next = step > 0 ? TABS[(TABS.indexOf(tab) + step) % TABS.length] : undefined;
        if (!next) return;
        press.stopPropagation();
        setTab(next);
        document.getElementById(`tab-${next}`)?.focus();
      }} data-own-keys="ArrowLeft ArrowRight">
        {TABS.map((name) => <button key={name} id={`tab-${name}`} type="button" role="tab" aria-selected={tab === name} aria-controls="event-panel" tabIndex={tab === name ? 0 : -1} onClick={() => { setTab(name); }}>{say(`search.tab.${name}`)}</button>)}
      </div>
      <div className="scroll" id="event-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "parsed" ? (
          <>
            <div role="list" aria-label={say("events.fields")}>
              {fields.map(([name, text], index) => { return <FieldRow key={`${name} ${String(index)}`} name={name} value={text} type={types.get(name)} marked={isSought(sought, name, text)} isColumn={columns.includes(name)} first={index === 0} onValue={onValue} onPivot={onPivot} onColumn={onColumn} onReveal={onReveal} />; })}
              <SourceRow event={event} first={fields.length === 0} onValue={onValue} onPivot={onPivot} />
            </div>
            <section className="sec"><dl className="kv"><dt>{say("host.org")}</dt><dd><Hostile text={organisation} /></dd><dt>{say("sources.format")}</dt><dd className="mono"><Hostile text={event.format} /></dd>{event.peer ? <><dt>{say("search.peer")}</dt><dd className="mono"><Hostile text={event.peer} /></dd></> : null}<dt>{say("host.id")}</dt><dd className="mono small">{event.id}</dd></dl></section>
            <SameEntity event={now} />
          </>
        ) : tab === "raw" ? <EventRaw raw={shown.event?.raw} onReveal={onReveal} /> : <EventContext event={event} onOpen={onOpen} />}
      </div>
      {shown.asking ? <AskDialog title={say("search.reveal.title", { source: event.source.name })} note={say("search.reveal.note", { n: REVEALED_S })} verb={say("search.reveal")} reason busy={shown.busy} error={shown.error} onClose={shown.stop} onConfirm={shown.reveal} /> : null}
    </>
  );
}
