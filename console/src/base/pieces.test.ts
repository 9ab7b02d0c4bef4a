import { describe, expect, it } from "vitest";
import { firstLength, nextLength, pieceBefore } from "./pieces";
import type { Span } from "./range";

// The pieces of a range when each takes `took` ms.
function cut(range: Span, step: number, took: number): Span[] {
  const pieces: Span[] = [];
  let length = firstLength(range);
  for (let end = range.to; end > range.from;) {
    const piece = pieceBefore(range, end, length, step);
    pieces.push(piece);
    end = piece.from;
    length = nextLength(range, length, took);
    if (pieces.length > 1000) throw new Error("it does not end");
  }
  return pieces;
}

describe("the pieces of a range", () => {
  it.each([
    [{ from: 0, to: 86_400_000 }, 600_000, 20],
    [{ from: 123_456, to: 86_412_345 }, 600_000, 900],
    [{ from: 1_000, to: 2_500 }, 1_000, 5_000],
    [{ from: 7, to: 8 }, 1_000, 1],
    [{ from: 0, to: 315_360_000_000 }, 2_592_000_000, 10_000],
  ])("cover %o once, newest first, and meet on whole steps", (range, step, took) => {
    const pieces = cut(range, step, took);
    expect(pieces[0]?.to).toBe(range.to);
    expect(pieces.at(-1)?.from).toBe(range.from);
    pieces.slice(1).forEach((piece, at) => {
      expect(piece.to).toBe(pieces[at]?.from);
      expect(piece.to % step).toBe(0);
      expect(piece.from).toBeLessThan(piece.to);
    });
  });
  it("are few when answers come fast, and never more than 65 when they come slowly", () => {
    const day = { from: 0, to: 86_400_000 };
    expect(cut(day, 60_000, 10)).toHaveLength(3); // 1/16, 4/16, the rest
    expect(cut(day, 60_000, 60_000).length).toBeLessThanOrEqual(65);
  });
});
