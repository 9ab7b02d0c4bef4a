import { renderToStaticMarkup } from "react-dom/server";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { growHistogram, stopGrowing, type Found, type GrowingHistogram } from "../api/search";
import type { Unit } from "../base/organisation_tree";
import { readScope } from "./scope";
import { TimeLine } from "./TimeLine";
import { forgetUndo, offerUndo, undoLast } from "./undo";
import { UndoLine } from "./UndoLine";
import { UnitTree } from "./UnitTree";

const nothing = () => undefined;

describe("the choice of organisations", () => {
  const units: Unit[] = [
    { id: "p", name: "Tỉnh <b>Lam Khê</b>", parent: null, ended: null },
    { id: "y", name: "Sở Y tế", parent: "p", ended: null },
    { id: "b", name: "Bệnh viện", parent: "y", ended: null },
    { id: "old", name: "Đơn vị cũ", parent: "p", ended: "2025-06-30T00:00:00Z" },
  ];
  const draw = (chosen: string[], ended = false) => renderToStaticMarkup(<UnitTree units={units} chosen={new Set(chosen)} ended={ended} onToggle={nothing} onOnly={nothing} />);
  it("is a tree with one stop of the tab key, and names are text", () => {
    const html = draw([]);
    expect(html.match(/tabindex="0"/gi)).toHaveLength(1);
    expect(html).toContain('role="tree"');
    expect(html).toContain("&lt;b&gt;Lam Khê&lt;/b&gt;");
    expect(html).toContain("2 cấp dưới");
  });
  it("opens what leads to a chosen one, and tells what the one above holds", () => {
    expect(draw(["b"])).toMatch(/aria-level="3" aria-checked="true"/);
    expect(draw(["p"])).toMatch(/aria-level="2" aria-checked="true".*đã gồm trong đơn vị trên/s);
  });
  it("shows those that have ended with their day, when asked to", () => {
    expect(draw([])).not.toContain("Đơn vị cũ");
    expect(draw([], true)).toMatch(/Đơn vị cũ.*đến 30\/06\/2025/s);
  });
  it("takes from the address only what is an id, each once, a hundred at most", () => {
    const id = (at: number) => `0190a1b2-0000-7000-8000-${String(at).padStart(12, "0")}`;
    expect(readScope(`${id(1)},x,,${id(1)},<b>,${id(2)}`)).toEqual([id(1), id(2)]);
    expect(readScope(Array.from({ length: 200 }, (_, at) => id(at)).join(","))).toHaveLength(100);
    expect(readScope("")).toEqual([]);
  });
});

describe("the line of time", () => {
  const event = (at: number, fields: Record<string, unknown>): Found => ({
    id: `j:${String(at)}`,
    occurred: new Date(Date.UTC(2026, 10, 27, 18, at)).toISOString(),
    received: new Date(Date.UTC(2026, 10, 27, 18, at)).toISOString(),
    source: { id: null, name: "<i>fw</i>" },
    organisation: "o",
    format: "json",
    fields,
    masked: true,
  });
  const events = [event(0, { "destination.ip": "192.0.2.1" }), event(5, { message: "x" }), event(10, { "destination.ip": "192.0.2.1" })];
  const html = renderToStaticMarkup(
    <TimeLine
      events={events}
      moment={event(5, {}).occurred}
      fired={new Set(["j:5"])}
      current=""
      gaps={[{ from: Date.UTC(2026, 10, 27, 18, 6), to: Date.UTC(2026, 10, 27, 18, 8) }]}
      onOpen={nothing}
    />,
  );
  it("has a row for what made the rule fire and one for each kind, with a mark for each event", () => {
    expect(html).toMatch(/lane hit.*Sự kiện làm quy tắc cảnh báo.*Kết nối mạng/s);
    expect(html.match(/<i class/g)).toHaveLength(3);
  });
  it("is one stop of the tab key that tells its keys and how many there are", () => {
    expect(html.match(/tabindex/gi)).toHaveLength(1);
    expect(html).toContain("Dòng thời gian: 3 sự kiện, 2 hàng");
    expect(html).toContain("Enter mở");
  });
  it("hatches what was not observed, in words as well", () => {
    expect(html).toMatch(/lane unseen.*không quan sát được.*<em/s);
  });
});

describe("the undo line", () => {
  it("tells what was done and offers to take it back with the time left; afterwards, what became of it", async () => {
    forgetUndo();
    expect(renderToStaticMarkup(<UndoLine />)).toContain("hidden");
    offerUndo(
      ({ say, number }) => say("findings.acknowledged", { n: number(3) }),
      () => Promise.resolve(({ say, number }) => say("findings.undone", { n: number(3) })),
    );
    const html = renderToStaticMarkup(<UndoLine />);
    expect(html).toContain("Đã tiếp nhận 3 phát hiện");
    expect(html).toContain("Hoàn tác (Z)");
    expect(html).toMatch(/còn \d+\u00a0ph/);
    await undoLast();
    const done = renderToStaticMarkup(<UndoLine />);
    expect(done).toContain("Đã hoàn tác 3 phát hiện");
    expect(done).not.toContain("Hoàn tác (Z)");
  });
});

describe("a histogram that grows", () => {
  const DAY = 86_400_000;
  const question = { q: "a", from: new Date(0).toISOString(), to: new Date(DAY).toISOString(), masked: true, organisation: "o" };
  const asked: URLSearchParams[] = [];
  let hold: (() => void) | undefined;
  beforeEach(() => {
    asked.length = 0;
    hold = undefined;
    vi.stubGlobal("fetch", (address: string, { signal }: RequestInit) => {
      const query = new URL(address, "http://localhost").searchParams;
      if (!address.includes("histogram")) return Promise.resolve(new Response(null, { status: 204 }));
      asked.push(query);
      const from = Date.parse(query.get("from") ?? "");
      const to = Date.parse(query.get("to") ?? "");
      const buckets = [];
      for (let at = from; at < to; at += 3_600_000) buckets.push({ from: new Date(at).toISOString(), count: 1 });
      const answer = new Response(JSON.stringify({ step: 3600, buckets }));
      if (!hold) return Promise.resolve(answer);
      hold();
      return signal?.aborted ? Promise.reject(new Error("aborted")) : Promise.resolve(answer);
    });
  });
  it("asks piece by piece, the newest first, and ends with each bucket once", async () => {
    const parts: GrowingHistogram[] = [];
    const whole = await growHistogram(question, 3600, new AbortController().signal, (part) => parts.push(part));
    expect(whole.scanned).toBe(1);
    expect(whole.buckets.map((bucket) => Date.parse(bucket.from) / 3_600_000)).toEqual(Array.from({ length: 24 }, (_, at) => at));
    expect(Date.parse(asked[0]?.get("to") ?? "")).toBe(DAY);
    expect(parts.length).toBe(asked.length - 1);
    expect(parts.every((part, at) => part.scanned > (parts[at - 1]?.scanned ?? 0))).toBe(true);
    expect(asked.every((query) => query.get("organisation") === "o" && query.get("q") === "a")).toBe(true);
  });
  it("keeps what it has when it is stopped, and says how far it came", async () => {
    const whole = await growHistogram(question, 3600, new AbortController().signal, () => {
      hold ??= stopGrowing;
    });
    expect(whole.scanned).toBeGreaterThan(0);
    expect(whole.scanned).toBeLessThan(1);
    expect(whole.from).toBe(DAY - whole.scanned * DAY);
    expect(whole.buckets).toHaveLength(whole.scanned * 24);
  });
  it("is no answer when its page is gone", async () => {
    const gone = new AbortController();
    hold = () => {
      gone.abort();
    };
    await expect(growHistogram(question, 3600, gone.signal, nothing)).rejects.toThrow();
  });
});
