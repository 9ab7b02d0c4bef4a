// Records of one source in the last day (uPlot, loaded when it is first shown). Quarters that were not counted are hatched
// by the page's own gap colour, never drawn as zero.
import { useEffect, useRef, useSyncExternalStore } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatClock, formatTime } from "../base/time";
import { useWords } from "./preferences";

const STEP = 900;

// The colours are read from the page, so the chart is drawn anew once the page has them.
const presentTheme = () => document.documentElement.dataset["theme"] ?? "";
function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    observer.disconnect();
  };
}

export function RateChart({ until, counts, known }: { until: string; counts: readonly number[]; known: number }) {
  const { number, say } = useWords();
  const theme = useSyncExternalStore(watchTheme, presentTheme, () => "");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = box.current;
    if (!place || counts.length === 0) return;
    const end = new Date(until).getTime() / 1000;
    const times = counts.map((_, at) => end - (counts.length - at) * STEP);
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const [line, text, bars, gap] = [color("--line-soft"), color("--text-3"), color("--chart"), color("--unk")];
    const barPath = uPlot.paths.bars?.({ size: [0.85, 40, 1] });
    const chart = new uPlot(
      {
        width: place.clientWidth,
        height: 140,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most)] } },
        axes: [
          {
            stroke: text,
            grid: { show: false },
            ticks: { stroke: line },
            font: "11px IBM Plex Sans Variable",
            values: (_, splits) => splits.map((at) => formatClock(at * 1000)),
            incrs: [10800, 21600],
          },
          {
            stroke: text,
            grid: { stroke: line, width: 1 },
            ticks: { show: false },
            font: "11px IBM Plex Sans Variable",
            size: 56,
            values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? number(value) : "")),
          },
        ],
        series: [{}, { fill: bars, stroke: bars, width: 0, points: { show: false }, ...(barPath ? { paths: barPath } : {}) }],
        hooks: {
          drawClear: [
            (plot) => {
              if (known <= 0) return;
              const from = plot.valToPos(times[0] ?? 0, "x", true);
              const to = plot.valToPos((times[0] ?? 0) + known * STEP, "x", true);
              plot.ctx.save();
              plot.ctx.strokeStyle = gap;
              plot.ctx.beginPath();
              plot.ctx.rect(from, plot.bbox.top, to - from, plot.bbox.height);
              plot.ctx.clip();
              plot.ctx.beginPath();
              for (let at = from - plot.bbox.height; at < to; at += 8) {
                plot.ctx.moveTo(at, plot.bbox.top + plot.bbox.height);
                plot.ctx.lineTo(at + plot.bbox.height, plot.bbox.top);
              }
              plot.ctx.stroke();
              plot.ctx.restore();
            },
          ],
        },
      },
      [times, [...counts]],
      place,
    );
    const grow = new ResizeObserver(() => {
      chart.setSize({ width: place.clientWidth, height: 140 });
    });
    grow.observe(place);
    return () => {
      grow.disconnect();
      chart.destroy();
    };
  }, [until, counts, known, number, theme]);
  const end = new Date(until).getTime();
  return (
    <>
      <div ref={box} className="rate" role="img" aria-label={say("sources.rate")} />
      <table className="vh">
        <caption>{say("sources.rate")}</caption>
        <tbody>
          {counts.map((count, at) =>
            at < known || count === 0 ? null : (
              <tr key={at}>
                <td>{formatTime(end - (counts.length - at) * STEP * 1000)}</td>
                <td>{number(count)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </>
  );
}
