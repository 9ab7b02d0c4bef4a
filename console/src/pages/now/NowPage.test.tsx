import { describe, expect, it } from "vitest";
import { drawn, refused, ROOT, type Standing } from "../testing";
import { Page } from "./NowPage";

const source = (name: string, more: object = {}) => ({
  id: `0190a1b2-0000-7000-8000-0000000000${name}`,
  name,
  organisation: ROOT,
  format: "sshd",
  zone: "",
  created: "2026-01-01T00:00:00Z",
  ended: null,
  version: 1,
  counters: { received: 5, accepted: 5, refused: 0, unparsed: 0, late: 0 },
  last_received: new Date().toISOString(),
  newest: null,
  unparsed_sample: null,
  ...more,
});
const fresh = (level: string, items: unknown[]): Standing[] => [
  { path: "/api/v1/findings", list: true, query: { state: "new", muted: "false", level, limit: "10" }, data: { items, next: null } },
  { path: "/api/v1/findings/count", query: { state: "new", muted: "false", level }, data: { count: items.length } },
];
const sources = (items: unknown[]): Standing => ({ path: "/api/v1/sources", query: { limit: "1000" }, data: { items, next: null } });
const draw = (standing: Standing[]) => drawn(Page, "/", "/", standing);

describe("Now", () => {
  it("says quiet only when all was asked, with when and over how many sources", async () => {
    const html = await draw([...fresh("high", []), ...fresh("critical", []), sources([source("01"), source("02")])]);
    expect(html).toContain("Không có phát hiện mới mức cao trở lên");
    expect(html).toContain("2/2 nguồn đang nghe");
    expect(html).toContain("Kiểm tra lần cuối");
  });
  it("is not quiet while one question is open", async () => {
    expect(await draw([...fresh("high", []), sources([])])).not.toContain("Không có phát hiện mới mức cao trở lên");
  });
  it("is not quiet when one question failed", async () => {
    const html = await draw([
      ...fresh("high", []),
      ...fresh("critical", []).slice(0, 1),
      { path: "/api/v1/findings/count", query: { state: "new", muted: "false", level: "critical" }, error: refused },
    ]);
    expect(html).not.toContain("Không có phát hiện mới mức cao trở lên");
    expect(html).toContain("the disk is full");
  });
  it("tells that nothing can be observed where no source is", async () => {
    expect(await draw([...fresh("high", []), ...fresh("critical", []), sources([])])).toContain("Chưa có nguồn nào: chưa quan sát được gì");
  });
  it("lists silent sources, and counts what could not be read", async () => {
    const html = await draw([
      ...fresh("high", []),
      ...fresh("critical", []),
      sources([source("03", { last_received: new Date(Date.now() - 3 * 3_600_000).toISOString() }), source("04", { counters: { received: 9, accepted: 9, refused: 1, unparsed: 2, late: 3 } })]),
    ]);
    expect(html).toContain("Nguồn im lặng từ");
    for (const words of ["2 bản ghi chưa đọc được", "3 bản ghi đến trễ", "1 bản ghi bị từ chối", "1/2 nguồn đang nghe"]) expect(html).toContain(words);
  });
  it("shows trouble of the node by its words", async () => {
    const html = await draw([
      ...fresh("high", []),
      ...fresh("critical", []),
      sources([]),
      { path: "/api/v1/health", data: { journal: { writable: false, reason: "no space" }, pipeline: { lag_records: 0, trouble: "", set_aside: [] }, content: { rules: 22, refused: [] } } },
    ]);
    expect(html).toContain("no space");
  });
  it("does not call rules that were refused good", async () => {
    const rules = (refused: unknown[]): Standing => ({
      path: "/api/v1/health",
      data: { journal: { writable: true, damage: [] }, pipeline: { lag_records: 0, trouble: "", set_aside: [] }, content: { rules: 22, refused } },
    });
    const tones = async (refused: unknown[]) => [...(await draw([...fresh("high", []), ...fresh("critical", []), sources([source("01")]), rules(refused)])).matchAll(/c-critical/g)].length;
    expect(await tones([])).toBe(0);
    expect(await tones([{ title: "A rule", reason: "field condition: is missing" }])).toBe(1);
  });
});
