// One event as a row: selection, time, source and the values of the columns, each of which can be asked for.
import type { Found } from "../../api/search";
import { holdsMask, isNumberField, summaryOf, withDots } from "../../base/event_text";
import { titleOf } from "../../base/field_titles";
import { textOfValue } from "../../base/hostile";
import { isSought } from "../../parts/EventFieldRow";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { fullTime, keepsEnd, middleCut, rowTime, SUMMARY } from "./columns";
import type { ResultsProps } from "./result_props";

function Cell({ event, name, sought }: { event: Found; name: string; sought: ResultsProps["sought"] }) {
  const { say, number } = useWords();
  const value = event.fields[name];
  if (value === undefined || value === null)
    return (
      <span className="faint" aria-label={say("search.absent")}>
        {"·"}
      </span>
    );
  const text = textOfValue(value);
  if (holdsMask(text))
    return (
      <span className={withDots(text) === "●●●" ? "c-unk" : undefined} title={say("search.masked")}>
        <Hostile text={withDots(text).slice(0, 300)} />
      </span>
    );
  if (typeof value === "number" && /bytes|packets/.test(name)) return number(value);
  return <Hostile text={keepsEnd(name) ? middleCut(text) : text.slice(0, 300)} mark={isSought(sought, name, text)} />;
}

interface ResultRowProps extends Pick<ResultsProps, "columns" | "types" | "sought" | "reach" | "place" | "open" | "chosen" | "onPlace" | "onOpen" | "onChoose" | "onValue"> {
  event: Found;
  id: string; // of the table
  index: number;
  top: number;
  height: number;
  template: string;
}

export function ResultRow({ event, id, index, top, height, template, columns, types, sought, reach, place, open, chosen, onPlace, onOpen, onChoose, onValue }: ResultRowProps) {
  const { say, language } = useWords();
  const point = language === "vi" ? "," : ".";
  const shownFields = new Set(columns);
  const here = place.row === index;
  return (
    <div
      id={`${id}-${String(index)}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={event.id === open}
      className={`erow ${event.id === open ? "on" : ""} ${here ? "here" : ""} ${chosen.has(event.id) ? "chosen" : ""}`}
      style={{ top, height, gridTemplateColumns: template }}
      onClick={() => {
        onPlace({ row: index, cell: -1 });
        onOpen(event);
      }}
    >
      <span
        role="gridcell"
        onClick={(click) => {
          click.stopPropagation();
        }}
      >
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`${say("col.select")}: ${fullTime(event.occurred, point)}`}
          checked={chosen.has(event.id)}
          onChange={(change) => {
            onChoose(index, change.nativeEvent instanceof MouseEvent && change.nativeEvent.shiftKey);
          }}
        />
      </span>
      <span role="gridcell" className="mono nw">
        <time dateTime={event.occurred} title={fullTime(event.occurred, point)}>
          {rowTime(event.occurred, reach, point)}
        </time>
      </span>
      <span role="gridcell" className="dim cut">
        {event.unparsed ? (
          <span title={say("search.unparsed", { why: event.unparsed })} className="inline">
            <Mark kind="unknown" tone="c-unk" />
          </span>
        ) : null}
        <Hostile text={event.source.name} />
      </span>
      {columns.map((name, cell) => {
        const text = textOfValue(event.fields[name]);
        const focused = here && place.cell === cell;
        return (
          <span
            key={name}
            id={`${id}-${String(index)}-${String(cell)}`}
            role="gridcell"
            className={`cut ${isNumberField(name, types.get(name)) ? "num mono" : name === SUMMARY ? "dim" : "mono"} ${focused ? "cell" : ""}`}
            title={name !== SUMMARY && text.length > 24 ? text.slice(0, 300) : undefined}
            onDoubleClick={() => {
              onPlace({ row: index, cell });
            }}
          >
            <span className="labelcell faint small">{name === SUMMARY ? "" : (titleOf(name, language) ?? name.slice(0, 60))} </span>
            {name === SUMMARY ? <Hostile text={summaryOf(event, shownFields)} /> : <Cell event={event} name={name} sought={sought} />}
            {focused && name !== SUMMARY && event.fields[name] !== undefined && !holdsMask(text) ? (
              <span
                className="pmz"
                onClick={(click) => {
                  click.stopPropagation();
                }}
              >
                <button
                  type="button"
                  tabIndex={-1}
                  aria-label={say("search.only", { what: name })}
                  onClick={() => {
                    onValue(name, text, false);
                  }}
                >
                  <Icon name="plus" />
                </button>
                <button
                  type="button"
                  tabIndex={-1}
                  aria-label={say("search.except", { what: name })}
                  onClick={() => {
                    onValue(name, text, true);
                  }}
                >
                  <Icon name="minus" />
                </button>
              </span>
            ) : null}
          </span>
        );
      })}
    </div>
  );
}
