// Events around one moment, sideways: a row for each kind, a mark for each event, what made the rule fire in its own row and
// colour and shape. One stop of the tab key; arrows walk from event to event and from row to row, Enter opens, and what is
// under the arrow is told. The list of the same events beside it says everything without the picture.
import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { Found } from "../api/search";
import { labelTimes } from "../base/buckets";
import { summaryOf } from "../base/event_text";
import { formatExact, type Span } from "../base/range";
import { formatClock, formatDate, formatTime } from "../base/time";
import { KINDS, lanesOf, spanAround } from "../base/time_line";
import { Hostile } from "./Hostile";
import { useWords } from "./preferences";
import "./desk.css";

const NEAR = 0.02; // of the width: so far from a mark a click still means it

interface TimeLineProps {
  events: readonly Found[];
  moment: string; // of the event that it is about
  fired: ReadonlySet<string>;
  current: string; // the event that is open
  gaps: readonly Span[];
  onOpen: (event: Found) => void;
}

export function TimeLine({ events, moment, fired, current, gaps, onOpen }: TimeLineProps) {
  const { say, number, language } = useWords();
  const [at, setAt] = useState("");
  const span = useMemo(
    () =>
      spanAround(
        events.map((event) => Date.parse(event.occurred)),
        Date.parse(moment),
      ),
    [events, moment],
  );
  const shown = useMemo(() => events.filter((event) => Date.parse(event.occurred) >= span.from && Date.parse(event.occurred) <= span.to), [events, span]);
  const lanes = useMemo(() => lanesOf(shown, fired), [shown, fired]);
  const point = language === "vi" ? "," : ".";
  const place = (time: number) => Math.min(1, Math.max(0, (time - span.from) / (span.to - span.from)));
  const css = (share: number) => `${(share * 100).toFixed(3)}%`;
  const nameOf = (key: string): string => {
    const kind = KINDS.find((one) => one === key);
    return kind ? say(`kind.${kind}`) : key === "fired" ? say("time.fired") : key.startsWith("other ") ? say("time.other", { n: key.slice(6) }) : key.slice("source ".length);
  };
  const laneAt = lanes.findIndex((lane) => lane.events.some((event) => event.id === at));
  const one = shown.find((event) => event.id === at);
  const index = shown.findIndex((event) => event.id === at);
  const start = Math.max(
    0,
    shown.findIndex((event) => event.id === current),
  );
  // To the row above or below, to its event that lies nearest.
  const row = (by: number) => {
    const next = lanes[laneAt < 0 ? 0 : Math.min(lanes.length - 1, Math.max(0, laneAt + by))];
    const here = Date.parse(one?.occurred ?? moment);
    return next?.events.reduce((best, event) => (Math.abs(Date.parse(event.occurred) - here) < Math.abs(Date.parse(best.occurred) - here) ? event : best));
  };
  const key = (press: KeyboardEvent) => {
    if (press.ctrlKey || press.altKey || press.metaKey) return;
    const to: Record<string, () => Found | undefined> = {
      ArrowRight: () => shown[index < 0 ? start : Math.min(shown.length - 1, index + 1)],
      ArrowLeft: () => shown[index < 0 ? start : Math.max(0, index - 1)],
      ArrowDown: () => row(1),
      ArrowUp: () => row(-1),
      Home: () => shown[0],
      End: () => shown.at(-1),
    };
    if (press.key === "Enter" && one) onOpen(one);
    else {
      const next = to[press.key]?.();
      if (!next) return;
      setAt(next.id);
    }
    press.preventDefault();
    press.stopPropagation();
  };
  const click = (press: PointerEvent, of: readonly Found[]) => {
    const box = press.currentTarget.getBoundingClientRect();
    const share = (press.clientX - box.left) / Math.max(1, box.width);
    const [best] = [...of].sort((a, b) => Math.abs(place(Date.parse(a.occurred)) - share) - Math.abs(place(Date.parse(b.occurred)) - share));
    if (best && Math.abs(place(Date.parse(best.occurred)) - share) < NEAR) setAt(best.id);
  };
  const told = one ? say("time.tick", { time: formatExact(one.occurred, point), lane: nameOf(lanes[laneAt]?.key ?? ""), what: summaryOf(one, new Set(), 160) }) : "";
  const labels = labelTimes(span, 6).filter((time) => place(time) > 0.03 && place(time) < 0.97);
  const day = formatDate(span.from) === formatDate(span.to);
  const unseen = gaps.filter((gap) => gap.to > span.from && gap.from < span.to);
  const first = shown.find((event) => fired.has(event.id));
  return (
    <div className="timeline" data-testid="timeline">
      <div
        className="lanes"
        role="slider"
        tabIndex={0}
        aria-label={say("time.label", { n: number(shown.length), m: number(lanes.length) })}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={Math.max(1, shown.length)}
        aria-valuenow={Math.max(1, index + 1)}
        aria-valuetext={told || say("time.keys")}
        data-own-keys="ArrowLeft ArrowRight ArrowUp ArrowDown Home End Enter"
        onKeyDown={key}
      >
        {lanes.map((lane) => (
          <div key={lane.key} className={lane.key === "fired" ? "lane hit" : "lane"}>
            <span className="name small">
              <Hostile text={nameOf(lane.key)} />
            </span>
            <span
              className="track"
              onPointerDown={(press) => {
                click(press, lane.events);
              }}
            >
              {lane.events.map((event) => (
                <i
                  key={event.id}
                  className={`${event.id === at ? "at" : ""} ${event.id === current ? "now" : ""}`}
                  style={{ left: css(place(Date.parse(event.occurred))) }}
                  onDoubleClick={() => {
                    onOpen(event);
                  }}
                />
              ))}
            </span>
          </div>
        ))}
        {unseen.length > 0 ? (
          <div className="lane unseen">
            <span className="name small c-unk">{say("time.unseen")}</span>
            <span className="track">
              {unseen.map((gap) => (
                <em key={gap.from} style={{ left: css(place(gap.from)), width: css(Math.max(0.005, place(gap.to) - place(gap.from))) }} />
              ))}
            </span>
          </div>
        ) : null}
        <div className="axis" aria-hidden="true">
          <div>
            {labels.map((time) => (
              <span key={time} className="micro" style={{ left: css(place(time)) }}>
                {day ? formatClock(time, span.to - span.from < 5 * 60_000) : `${formatDate(time).slice(0, 5)} ${formatClock(time)}`}
              </span>
            ))}
            {first ? <b style={{ left: css(place(Date.parse(first.occurred))) }} /> : null}
          </div>
        </div>
      </div>
      <p className="reading small dim" aria-hidden="true">
        {one ? <Hostile text={told} /> : <span className="faint">{say("time.keys")}</span>}
      </p>
      {shown.length < events.length ? <p className="faint small">{say("time.beyond", { n: number(events.length - shown.length), from: formatTime(span.from), to: formatTime(span.to) })}</p> : null}
    </div>
  );
}
