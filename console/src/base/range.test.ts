import { describe, expect, it } from "vitest";
import { countIn, labelTimes, moved, snapped, stepFor, widened } from "./buckets";
import { bytesOf, hexRows } from "./hexdump";
import { formatRange, presetOf, rangeOf, readLocal, readWithin, timeOf, writeWithin } from "./range";

const NOW = Date.parse("2026-11-27T20:07:00Z"); // 03:07 on 28/11 in GMT+7
const H = 3_600_000;

describe("times of an address", () => {
  it("count back from now", () => {
    expect(timeOf("now-24h", NOW)).toBe(NOW - 24 * H);
  });
  it("may be absolute", () => {
    expect(timeOf("2026-11-27T00:00:00Z", NOW)).toBe(Date.parse("2026-11-27T00:00:00Z"));
  });
  it("that cannot be read are the last day", () => {
    expect(rangeOf("yesterday", "", NOW)).toEqual({ from: NOW - 24 * H, to: NOW });
  });
  it("turned round are the last day", () => {
    expect(rangeOf("now", "now-1h", NOW)).toEqual({ from: NOW - 24 * H, to: NOW });
  });
  it("name their preset", () => {
    expect([presetOf("", ""), presetOf("now-7d", ""), presetOf("2026-11-27T00:00:00Z", "now")]).toEqual(["now-24h", "now-7d", undefined]);
  });
  it("hold a chosen part as an interval", () => {
    expect(readWithin(writeWithin({ from: NOW - H, to: NOW }))).toEqual({ from: NOW - H, to: NOW });
    expect(readWithin("now/now")).toBeUndefined();
  });
});

describe("times as people write them", () => {
  it("are days first, in GMT+7", () => {
    expect(readLocal("28/11/2026 03:07")).toBe(NOW);
  });
  it("begin at midnight without a clock", () => {
    expect(readLocal("28/11/2026")).toBe(NOW - 3 * H - 7 * 60_000);
  });
  it.each(["31/02/2026", "28/13/2026", "28/11/2026 24:00", "11/28/2026", "soon"])("%s is no time", (text) => {
    expect(readLocal(text)).toBeUndefined();
  });
  it("name the day once where there is one", () => {
    expect(formatRange({ from: NOW - 3 * H, to: NOW }, NOW)).toBe("28/11 00:07 – 03:07");
    expect(formatRange({ from: NOW - 24 * H, to: NOW }, NOW)).toBe("27/11 03:07 – 28/11 03:07");
    expect(formatRange({ from: NOW - 24 * H, to: NOW }, NOW + 400 * 24 * H)).toBe("27/11/2026 03:07 – 28/11/2026 03:07");
  });
});

describe("buckets", () => {
  const range = { from: NOW - 24 * H, to: NOW };
  it("are as wide as people read easily", () => {
    expect(stepFor(range, 100)).toBe(H / 4);
  });
  it("have labels at whole hours of GMT+7", () => {
    const times = labelTimes({ from: Date.parse("2026-11-26T20:07:00Z"), to: NOW }, 8);
    expect(times[0]).toBe(Date.parse("2026-11-26T23:00:00Z")); // 06:00, a day in at most 8 parts has one each 3 h
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(3 * H);
  });
  it("are chosen whole, in either direction, within the range", () => {
    expect(snapped(NOW - H, NOW - 2 * H, H, range)).toEqual({ from: Date.parse("2026-11-27T18:00:00Z"), to: Date.parse("2026-11-27T20:00:00Z") });
    expect(snapped(NOW - 10, NOW - 5, H, range).to).toBe(NOW);
  });
  it("move and widen within the range", () => {
    expect(moved({ from: NOW - 2 * H, to: NOW - H }, 5 * H, range)).toEqual({ from: NOW - H, to: NOW });
    expect(widened({ from: NOW - 2 * H, to: NOW - H }, -5 * H, H, range)).toEqual({ from: NOW - 2 * H, to: NOW - H });
  });
  it("are counted where the part touches them", () => {
    expect(
      countIn(
        [
          { from: 0, count: 3 },
          { from: 10, count: 4 },
          { from: 20, count: 5 },
        ],
        10,
        { from: 10, to: 20 },
      ),
    ).toBe(4);
  });
});

it("shows bytes sixteen in a row, odd ones as dots", () => {
  expect(hexRows(bytesOf(btoa("GET /\x1b[31m\x00 HTTP/1.1")))).toEqual([
    { offset: "000000", bytes: "47 45 54 20 2f 1b 5b 33 31 6d 00 20 48 54 54 50", text: "GET /.[31m. HTTP" },
    { offset: "000010", bytes: "2f 31 2e 31", text: "/1.1" },
  ]);
});
