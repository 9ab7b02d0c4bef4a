// Counts by time with a part that can be chosen: drag on the bars, drag an edge, double click clears. By keyboard: arrows
// walk over the bars, Shift with arrows chooses, Alt with arrows moves the part, Alt and Shift widen it, Enter makes the
// part the range, Esc clears. Times that nobody observed are hatched, never zero.
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { countIn } from "../base/buckets";
import type { Span } from "../base/range";
import { formatClock, formatTime } from "../base/time";
import { useBrush } from "./brush";
import { dataOf, LEFT, optionsOf, type Shown } from "./histogram_plot";
import { useWords } from "./preferences";
import "uplot/dist/uPlot.min.css";
import "./search.css";

// Which theme the page wears: a canvas does not follow the tokens by itself.
function useSkin(): string {
  const [skin, setSkin] = useState(() => (typeof document === "undefined" ? "" : (document.documentElement.dataset["theme"] ?? "")));
  useEffect(() => {
    const root = document.documentElement;
    const observer = new MutationObserver(() => {
      setSkin(root.dataset["theme"] ?? "");
    });
    observer.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      observer.disconnect();
    };
  }, []);
  return skin;
}

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
  const inner = Math.max(1, width - LEFT - 1);
  const { drawn, at, down, move, up, key, leave } = useBrush({ box, inner, buckets, step, range, part, onChoose, onZoom });
  const shown = drawn ?? part;
  const latest = useRef<Shown>({ buckets, step, range, part: shown, gaps });
  const report = useRef(onWidth);

  useEffect(() => {
    latest.current = { buckets, step, range, part: shown, gaps };
    report.current = onWidth;
  });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      setWidth(next);
      report.current(Math.max(0, next - LEFT));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
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
  useEffect(() => {
    plot.current?.setData(dataOf(latest.current));
  }, [buckets, step, range.from, range.to, gaps, from, to]);

  const place = (time: number) => LEFT + ((Math.min(Math.max(time, range.from), range.to) - range.from) / (range.to - range.from)) * inner;
  const bucket = buckets[at];
  const said = bucket ? say("search.bucket", { from: formatTime(bucket.from), to: formatClock(bucket.from + step, step < 60_000), n: number(bucket.count) }) : say("search.histogram.keys");
  return (
    <div className="histogram">
      <div
        ref={box}
        className="plot"
        role="slider"
        tabIndex={0}
        aria-label={say("search.histogram")}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, buckets.length - 1)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={said}
        data-own-keys="ArrowLeft ArrowRight Home End Enter Escape"
        onKeyDown={key}
        onPointerDown={(event) => {
          down(event, "new");
        }}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onDoubleClick={() => {
          onChoose(undefined);
        }}
        onBlur={leave}
      >
        {shown && width > 0 ? (
          <>
            <span className="part" style={{ left: place(shown.from), width: Math.max(1, place(shown.to) - place(shown.from)) }} />
            <span
              className="edge"
              data-edge="from"
              style={{ left: place(shown.from) }}
              onPointerDown={(event) => {
                down(event, "from");
              }}
            />
            <span
              className="edge"
              data-edge="to"
              style={{ left: place(shown.to) }}
              onPointerDown={(event) => {
                down(event, "to");
              }}
            />
          </>
        ) : null}
        {bucket ? <span className="cursor" style={{ left: place(bucket.from + step / 2) }} /> : null}
      </div>
      <p className="reading small dim" aria-live="polite" data-testid="reading">
        {drawn ? say("search.chosen", { n: number(countIn(buckets, step, drawn)), from: formatTime(drawn.from), to: formatTime(drawn.to) }) : bucket ? said : ""}
      </p>
      <table className="vh">
        <caption>{say("search.histogram")}</caption>
        <tbody>
          {buckets
            .filter((one) => one.count > 0)
            .map((one) => (
              <tr key={one.from}>
                <th scope="row">{formatTime(one.from)}</th>
                <td>{number(one.count)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
