// A part of time chosen on the bars of a histogram: by pointer (drag, drag an edge) and by keys.
import { useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { moved, snapped, widened, type Bucket } from "../base/buckets";
import type { Span } from "../base/range";
import { LEFT } from "./histogram_plot";

type Grip = { kind: "new"; start: number } | { kind: "from" | "to" };

interface BrushOptions {
  box: RefObject<HTMLDivElement | null>;
  inner: number; // px of the bars
  buckets: readonly Bucket[];
  step: number;
  range: Span;
  part: Span | undefined;
  onChoose: (part: Span | undefined) => void;
  onZoom: (part: Span) => void;
}

export function useBrush({ box, inner, buckets, step, range, part, onChoose, onZoom }: BrushOptions) {
  const [drawn, setDrawn] = useState<Span | undefined>(); // the part while it is dragged
  const [at, setAt] = useState(-1);
  const [anchor, setAnchor] = useState(-1);
  const grip = useRef<Grip | null>(null);
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
    if (held.kind === "new" && (Math.abs(time - start) / (range.to - range.from)) * inner < 4 && !drawn) return;
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
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
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
  return {
    drawn,
    at,
    down,
    move,
    up,
    key,
    leave: () => {
      setAt(-1);
    },
  };
}
