import { describe, expect, it } from "vitest";
import { kindOf, lanesOf, spanAround, type Marked } from "./time_line";

const event = (id: string, fields: Record<string, unknown>, more: Partial<Marked> = {}): Marked => ({
  id,
  occurred: `2026-11-28T01:${id.padStart(2, "0")}:00Z`,
  format: "json",
  source: { name: "web-01" },
  fields,
  ...more,
});

describe("the kind of an event", () => {
  it("is what the record says of itself, else what its fields tell", () => {
    expect(kindOf(event("1", { "dns.question.name": "a.example", "destination.ip": "192.0.2.1" }))).toBe("dns");
    expect(kindOf(event("1", {}, { format: "sshd" }))).toBe("login");
    expect(kindOf(event("1", { "event.code": 4624 }))).toBe("login");
    expect(kindOf(event("1", { "event.code": "4720" }))).toBe("account");
    expect(kindOf(event("1", { "event.category": ["file"] }))).toBe("file");
    expect(kindOf(event("1", { "process.command_line": "x", "destination.ip": "192.0.2.1" }))).toBe("process");
    expect(kindOf(event("1", { "event.category": "web" }))).toBe("web");
    expect(kindOf(event("1", { "destination.port": 443 }))).toBe("network");
    expect(kindOf(event("1", {}, { unparsed: "no format", format: "sshd" }))).toBe("unparsed");
    expect(kindOf(event("1", { message: "x" }))).toBeUndefined();
  });
});

describe("the rows", () => {
  it("begin with what fired, then the most frequent kind, and call the rest by its source", () => {
    const events = [event("1", { "destination.ip": "a" }), event("2", { message: "x" }), event("3", { message: "y" }), event("4", { "destination.ip": "b" })];
    expect(lanesOf(events, new Set(["4"])).map((lane) => [lane.key, lane.events.map((one) => one.id)])).toEqual([
      ["fired", ["4"]],
      ["source web-01", ["2", "3"]],
      ["network", ["1"]],
    ]);
  });
  it("are at most eight, and no event is left out", () => {
    const events = Array.from({ length: 20 }, (_, at) => event(String(at), {}, { source: { name: `s${String(at % 12)}` } }));
    const lanes = lanesOf(events, new Set(["0"]));
    expect(lanes).toHaveLength(8);
    expect(lanes.at(-1)?.key).toMatch(/^other/);
    expect(
      lanes
        .flatMap((lane) => lane.events.map((one) => Number(one.id)))
        .sort((one, other) => one - other)
        .join(),
    ).toBe(events.map((one) => one.id).join());
  });
});

describe("the span", () => {
  const minute = 60_000;
  it("holds all when they lie together, with a little room", () => {
    const span = spanAround([0, 10 * minute, 20 * minute], 10 * minute);
    expect(span.from).toBe(-0.6 * minute);
    expect(span.to).toBe(20.6 * minute);
  });
  it("leaves out the one that lies far away", () => {
    const times = [...Array.from({ length: 19 }, (_, at) => at * minute), 100_000 * minute];
    const span = spanAround(times, 9 * minute);
    expect(span.from).toBeLessThanOrEqual(0);
    expect(span.to).toBeGreaterThanOrEqual(18 * minute);
    expect(span.to).toBeLessThan(30 * minute);
  });
  it("is a minute around a single event, and holds the moment", () => {
    expect(spanAround([5], 5)).toEqual({ from: 5 - minute / 2, to: 5 + minute / 2 });
    expect(spanAround([], 0)).toEqual({ from: -minute / 2, to: minute / 2 });
  });
});
