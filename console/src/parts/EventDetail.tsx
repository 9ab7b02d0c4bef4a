// One event in full: its parsed fields, the bytes as they came, and what happened around it. Masked values are shown for a
// minute to who may see them and gives a reason; the server writes the reason into the audit chain.
import { useState } from "react";
import { revealEvent, type Found } from "../api/search";
import { textOfValue } from "../base/hostile";
import { formatExact } from "../base/range";
import { formatDate } from "../base/time";
import { AskDialog } from "./Dialog";
import { EventContext, SameEntity } from "./EventAround";
import { FieldRow, isSought, SourceRow, type EventActions } from "./EventFieldRow";
import { EventRaw } from "./EventRaw";
import { Hostile } from "./Hostile";
import { Icon, Mark } from "./Icon";
import { useWords } from "./preferences";
import { REVEALED_S, useRevealed } from "./revealed";
import { useMe } from "./session";
import "./search.css";

interface EventDetailProps extends EventActions {
  event: Found;
  types: ReadonlyMap<string, string>;
  sought: readonly { field: string; value: string }[];
  columns: readonly string[];
  organisation: string;
}

const TABS = ["parsed", "raw", "around"] as const;

export function EventDetail({ event, types, sought, columns, organisation, onValue, onPivot, onColumn, onOpen, onClose }: EventDetailProps) {
  const { say, language } = useWords();
  const { may } = useMe();
  const [tab, setTab] = useState<(typeof TABS)[number]>("parsed");
  const shown = useRevealed(event.id, revealEvent);
  const now = shown.value ?? event;
  const point = language === "vi" ? "," : ".";
  const onReveal = may("personal:reveal") ? shown.ask : undefined;
  // Several values of a field stand one below the other: each can be asked for.
  const fields = Object.entries(now.fields).flatMap(([name, value]) => (Array.isArray(value) && value.length > 0 ? value : [value]).map((one): [string, string] => [name, textOfValue(one)]));
  return (
    <>
      <header className="sec detailhead">
        <div className="row">
          <h2 className="mono">{formatExact(event.occurred, point)}</h2>
          <span className="dim small">
            {formatDate(event.occurred)}
            {" · "}
            <Hostile text={event.source.name} />
            {" · "}
            {say("search.received", { time: formatExact(event.received, point) })}
          </span>
          <button type="button" className="btn sm bare end" aria-label={say("search.shut")} title={say("search.shut")} onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {event.unparsed ? (
          <p className="c-unk small">
            <Mark kind="unknown" tone="c-unk" />
            <Hostile text={say("search.unparsed", { why: event.unparsed })} />
          </p>
        ) : null}
        {shown.value ? (
          <p className="ban unk small" role="status">
            {say("search.revealed", { n: shown.left })}
            <button type="button" className="btn sm end" onClick={shown.hide}>
              {say("search.hide")}
            </button>
          </p>
        ) : null}
      </header>
      <div
        className="tabs"
        role="tablist"
        aria-label={say("search.event")}
        onKeyDown={(press) => {
          const step = press.key === "ArrowRight" ? 1 : press.key === "ArrowLeft" ? TABS.length - 1 : 0;
          const next = step > 0 ? TABS[(TABS.indexOf(tab) + step) % TABS.length] : undefined;
          if (!next) return;
          press.stopPropagation();
          setTab(next);
          document.getElementById(`tab-${next}`)?.focus();
        }}
        data-own-keys="ArrowLeft ArrowRight"
      >
        {TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls="event-panel"
            tabIndex={tab === name ? 0 : -1}
            onClick={() => {
              setTab(name);
            }}
          >
            {say(`search.tab.${name}`)}
          </button>
        ))}
      </div>
      <div className="scroll" id="event-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "parsed" ? (
          <>
            <div role="list" aria-label={say("events.fields")}>
              {fields.map(([name, text], index) => {
                return (
                  <FieldRow
                    key={`${name} ${String(index)}`}
                    name={name}
                    value={text}
                    type={types.get(name)}
                    marked={isSought(sought, name, text)}
                    isColumn={columns.includes(name)}
                    first={index === 0}
                    onValue={onValue}
                    onPivot={onPivot}
                    onColumn={onColumn}
                    onReveal={onReveal}
                  />
                );
              })}
              <SourceRow event={event} first={fields.length === 0} onValue={onValue} onPivot={onPivot} />
            </div>
            <section className="sec">
              <dl className="kv">
                <dt>{say("host.org")}</dt>
                <dd>
                  <Hostile text={organisation} />
                </dd>
                <dt>{say("sources.format")}</dt>
                <dd className="mono">
                  <Hostile text={event.format} />
                </dd>
                {event.peer ? (
                  <>
                    <dt>{say("search.peer")}</dt>
                    <dd className="mono">
                      <Hostile text={event.peer} />
                    </dd>
                  </>
                ) : null}
                <dt>{say("host.id")}</dt>
                <dd className="mono small">{event.id}</dd>
              </dl>
            </section>
            <SameEntity event={event} />
          </>
        ) : tab === "raw" ? (
          <EventRaw raw={shown.value?.raw} onReveal={onReveal} />
        ) : (
          <EventContext event={event} onOpen={onOpen} />
        )}
      </div>
      {shown.asking ? (
        <AskDialog
          title={say("search.reveal.title", { source: event.source.name })}
          note={say("search.reveal.note", { n: REVEALED_S })}
          verb={say("search.reveal")}
          reason
          busy={shown.busy}
          error={shown.error}
          onClose={shown.stop}
          onConfirm={shown.reveal}
        />
      ) : null}
    </>
  );
}
