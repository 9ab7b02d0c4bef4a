// Counts by time with a part that can be chosen: drag on the bars, drag an edge, double click clears. By keyboard: arrows
// walk over the bars, Shift with arrows chooses, Alt with arrows moves the part, Alt and Shift widen it, Enter makes the
// part the range, Esc clears. Times that nobody observed are hatched, never zero.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import uPlot from "uplot";
import { countIn, labelTimes, moved, snapped, widened, type Bucket } from "../base/buckets";
import type { Span } from "../base/range";
import { formatClock, formatDate, formatTime } from "../base/time";
import { useWords } from "./preferences";
import "uplot/dist/uPlot.min.css";
import "./search.css";

const HEIGHT = 104;
const LEFT = 44;
const DAY = 86_400_000;

function label(time: number, step: number): string {
  if (step >= DAY) return formatDate(time).slice(0, step >= 28 * DAY ? 10 : 5);
  return formatClock(time) === "00:00" ? formatDate(time).slice(0, 5) : formatClock(time, step < 60_000);
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function hatch(plot: uPlot, from: number, to: number) {
  const { ctx, bbox } = plot;
  const [left, right] = [from, to].map((time) => Math.min(Math.max(plot.valToPos(time / 1000, "x", true), bbox.left), bbox.left + bbox.width));
  if (left === undefined || right === undefined || right - left < 1) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, right - left, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour("--unk");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let at = left - bbox.height; at < right; at += 6 * devicePixelRatio) {
    ctx.moveTo(at, bbox.top + bbox.height);
    ctx.lineTo(at + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
}

interface Shown {
  buckets: readonly Bucket[];
  step: number;
  range: Span;
  part: Span | undefined;
  gaps: readonly Span[];
}

const dataOf = ({ buckets, step, part }: Shown): uPlot.AlignedData => {
  const inside = (bucket: Bucket) => part !== undefined && bucket.from < part.to && bucket.from + step > part.from;
  return [
    buckets.map((bucket) => bucket.from / 1000),
    buckets.map((bucket) => (inside(bucket) ? null : bucket.count)),
    buckets.map((bucket) => (inside(bucket) ? bucket.count : null)),
  ];
};

// Labels that have room on both sides.
function labelsOf(range: Span, width: number): number[] {
  const room = (20 / Math.max(40, width - LEFT)) * (range.to - range.from);
  return labelTimes(range, Math.max(2, Math.floor(width / 96))).filter((time) => time + room <= range.to);
}

function optionsOf(width: number, latest: { current: Shown }, number: (value: number) => string): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.82, 60], align: 1 });
  const series = (name: string): uPlot.Series => ({ fill: colour(name), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) });
  const axis = { font: `11px ${colour("--font-ui")}`, stroke: colour("--text-3"), ticks: { show: false } };
  return {
    width, height: HEIGHT, padding: [8, 1, 0, 0], cursor: { show: false }, legend: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { time: true, range: () => [latest.current.range.from / 1000, latest.current.range.to / 1000] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.06)] } },
    series: [{}, series("--chart"), series("--chart-2")],
    axes: [
      { ...axis, size: 20, gap: 3, grid: { show: false }, border: { show: true, stroke: colour("--ctl"), width: 1 }, splits: () => labelsOf(latest.current.range, width).map((time) => time / 1000), values: (_, splits) => splits.map((time, at) => label(time * 1000, ((splits[1] ?? time) - (splits[0] ?? 0)) * 1000 || at)) },
      { ...axis, size: LEFT, gap: 6, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8, 1e9], grid: { stroke: colour("--line-soft"), width: 1 }, values: (_, splits) => splits.map((value) => (value === 0 ? "" : number(value))) },
    ],
    hooks: { drawClear: [(plot) => { for (const gap of latest.current.gaps) hatch(plot, gap.from, gap.to); }] },
  };
}

// Which theme the page wears: a canvas does not follow the tokens by itself.
function useSkin(): string {
  const [skin, setSkin] = useState(() => (typeof document === "undefined" ? "" : (document.documentElement.dataset["theme"] ?? "")));
  useEffect(() => {
    const root = document.documentElement;
    const observer = new MutationObserver(() => { setSkin(root.dataset["theme"] ?? ""); });
    observer.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
    return () => { observer.disconnect(); };
  }, []);
  return skin;
}

type Grip = { kind: "new"; start: number } | { kind: "from" | "to" };

export interface HistogramProps extends Omit<Shown, "part"> {
  part: Span | undefined;
  onChoose: (part: Span | undefined) => void;
  onZoom: (part: Span) => void;
  onWidth: (width: number) => void;
}

export function Histogram({ buckets, step, range, part, gaps, onChoose, onZoom, onWidth }: HistogramProps) {
  const { say, number } = useWords();
  const skin = useSkin();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [width, setWidth] = useState(0);
  const [drawn, setDrawn] = useState<Span | undefined>(); // the part while it is dragged
  const [at, setAt] = useState(-1);
  const [anchor, setAnchor] = useState(-1);
  const grip = useRef<Grip | null>(null);
  const shown = drawn ?? part;
  const latest = useRef<Shown>({ buckets, step, range, part: shown, gaps });
  const report = useRef(onWidth);

  useEffect(() => { latest.current = { buckets, step, range, part: shown, gaps }; report.current = onWidth; });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      setWidth(next);
      report.current(Math.max(0, next - LEFT));
    });
    observer.observe(element);
    return () => { observer.disconnect(); };
  }, []);
  useEffect(() => {
    if (!box.current || width === 0) return;
    const made = new uPlot(optionsOf(width, latest, number), dataOf(latest.current), box.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width, number, skin]);
  const [from, to] = [shown?.from, shown?.to];
  useEffect(() => { plot.current?.setData(dataOf(latest.current)); }, [buckets, step, range.from, range.to, gaps, from, to]);

  const inner = Math.max(1, width - LEFT - 1);
  const place = (time: number) => LEFT + (Math.min(Math.max(time, range.from), range.to) - range.from) / (range.to - range.from) * inner;
  const timeAt = (event: PointerEvent) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    return Math.min(range.to, Math.max(range.from, range.from + ((event.clientX - left - LEFT) / inner) * (range.to - range.from)));
  };
  const down = (event: PointerEvent, kind: Grip["kind"]) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    box.current?.focus();
    box.current?.setPointerCapture(event.pointerId);
    grip.current = kind === "new" ? { kind, start: timeAt(event) } : { kind };
  };
  const move = (event: PointerEvent) => {
    const held = grip.current;
    if (!held) return;
    const time = timeAt(event);
    const start = held.kind === "new" ? held.start : held.kind === "from" ? (part?.to ?? range.to) : (part?.from ?? range.from);
    if (held.kind === "new" && Math.abs(time - start) / (range.to - range.from) * inner < 4 && !drawn) return;
    setDrawn(snapped(start, time, step, range));
  };
  const up = () => {
    grip.current = null;
    if (drawn) onChoose(drawn);
    setDrawn(undefined);
  };

  const bucketPart = (one: number, other: number) => snapped(buckets[Math.min(one, other)]?.from ?? range.from, (buckets[Math.max(one, other)]?.from ?? range.to) + 1, step, range);
  const key = (event: KeyboardEvent) => {
    const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    const done = () => { event.preventDefault(); event.stopPropagation(); };
    if (direction !== 0 && event.altKey) {
      done();
      if (part) onChoose(event.shiftKey ? widened(part, direction * step, step, range) : moved(part, direction * step, range));
    } else if (direction !== 0 || event.key === "Home" || event.key === "End") {
      done();
      const next = event.key === "Home" ? 0 : event.key === "End" ? buckets.length - 1 : Math.min(buckets.length - 1, Math.max(0, (at < 0 ? (direction > 0 ? -1 : buckets.length) : at) + direction));
      setAt(next);
      if (event.shiftKey) {
        const start = anchor >= 0 ? anchor : at >= 0 ? at : next;
        setAnchor(start);
        onChoose(bucketPart(start, next));
      } else setAnchor(-1);
    } else if (event.key === " ") {
      done();
      if (at >= 0) onChoose(bucketPart(at, at));
    } else if (event.key === "Enter" && part) {
      done();
      onZoom(part);
    } else if (event.key === "Escape" && part) {
      done();
      onChoose(undefined);
      setAnchor(-1);
    }
  };

  const bucket = buckets[at];
  const said = bucket ? say("search.bucket", { from: formatTime(bucket.from), to: formatClock(bucket.from + step, step < 60_000), n: number(bucket.count) }) : say("search.histogram.keys");
  return (
    <div className="histogram">
      <div ref={box} className="plot" role="slider" tabIndex={0} aria-label={say("search.histogram")} aria-valuemin={0} aria-valuemax={Math.max(0, buckets.length - 1)} aria-valuenow={Math.max(0, at)} aria-valuetext={said} data-own-keys="ArrowLeft ArrowRight Home End Enter Escape"
        onKeyDown={key} onPointerDown={(event) => { down(event, "new"); }} onPointerMove={move} onPointerUp={up} onPointerCancel={up} onDoubleClick={() => { onChoose(undefined); }} onBlur={() => { setAt(-1); }}>
        {shown && width > 0 ? (
          <>
            <span className="part" style={{ left: place(shown.from), width: Math.max(1, place(shown.to) - place(shown.from)) }} />
            <span className="edge" data-edge="from" style={{ left: place(shown.from) }} onPointerDown={(event) => { down(event, "from"); }} />
            <span className="edge" data-edge="to" style={{ left: place(shown.to) }} onPointerDown={(event) => { down(event, "to"); }} />
          </>
        ) : null}
        {bucket ? <span className="cursor" style={{ left: place(bucket.from + step / 2) }} /> : null}
      </div>
      <p className="reading small dim" aria-live="polite" data-testid="reading">{drawn ? say("search.chosen", { n: number(countIn(buckets, step, drawn)), from: formatTime(drawn.from), to: formatTime(drawn.to) }) : bucket ? said : ""}</p>
      <table className="vh"><caption>{say("search.histogram")}</caption><tbody>{buckets.filter((one) => one.count > 0).map((one) => <tr key={one.from}><th scope="row">{formatTime(one.from)}</th><td>{number(one.count)}</td></tr>)}</tbody></table>
    </div>
  );
}
