// How the bars of a histogram are drawn: data, axes and the hatch of what nobody observed, for uPlot.
import uPlot from "uplot";
import { labelTimes, type Bucket } from "../base/buckets";
import type { Span } from "../base/range";
import { formatClock, formatDate } from "../base/time";

const HEIGHT = 104;
export const LEFT = 44;
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

export interface Shown {
  buckets: readonly Bucket[];
  step: number;
  range: Span;
  part: Span | undefined;
  gaps: readonly Span[];
}

export const dataOf = ({ buckets, step, part }: Shown): uPlot.AlignedData => {
  const inside = (bucket: Bucket) => part !== undefined && bucket.from < part.to && bucket.from + step > part.from;
  return [buckets.map((bucket) => bucket.from / 1000), buckets.map((bucket) => (inside(bucket) ? null : bucket.count)), buckets.map((bucket) => (inside(bucket) ? bucket.count : null))];
};

// Labels that have room on both sides.
function labelsOf(range: Span, width: number): number[] {
  const room = (20 / Math.max(40, width - LEFT)) * (range.to - range.from);
  return labelTimes(range, Math.max(2, Math.floor(width / 96))).filter((time) => time + room <= range.to);
}

export function optionsOf(width: number, latest: { current: Shown }, number: (value: number) => string): uPlot.Options {
  const bars = uPlot.paths.bars?.({ size: [0.82, 60], align: 1 });
  const series = (name: string): uPlot.Series => ({ fill: colour(name), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) });
  const axis = { font: `11px ${colour("--font-ui")}`, stroke: colour("--text-3"), ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    padding: [8, 1, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    select: { show: false, left: 0, top: 0, width: 0, height: 0 },
    scales: { x: { time: true, range: () => [latest.current.range.from / 1000, latest.current.range.to / 1000] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.06)] } },
    series: [{}, series("--chart"), series("--chart-2")],
    axes: [
      {
        ...axis,
        size: 20,
        gap: 3,
        grid: { show: false },
        border: { show: true, stroke: colour("--ctl"), width: 1 },
        splits: () => labelsOf(latest.current.range, width).map((time) => time / 1000),
        values: (_, splits) => splits.map((time, at) => label(time * 1000, ((splits[1] ?? time) - (splits[0] ?? 0)) * 1000 || at)),
      },
      {
        ...axis,
        size: LEFT,
        gap: 6,
        space: 34,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8, 1e9],
        grid: { stroke: colour("--line-soft"), width: 1 },
        values: (_, splits) => splits.map((value) => (value === 0 ? "" : number(value))),
      },
    ],
    hooks: {
      drawClear: [
        (plot) => {
          for (const gap of latest.current.gaps) hatch(plot, gap.from, gap.to);
        },
      ],
    },
  };
}
