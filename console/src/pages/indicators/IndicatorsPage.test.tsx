import { describe, expect, it } from "vitest";
import { drawn, refused, type Standing } from "../testing";
import { Page } from "./IndicatorsPage";

const MAY = ["indicator:read", "indicator:write", "feed:read", "feed:write", "feed:release"];
const feed = {
  name: "june",
  url: "https://feeds.example/list.txt",
  form: "",
  organisation: "CERT <b>Example</b>",
  family: "fox",
  confidence: 70,
  tlp: "green",
  half_life_days: 0,
  every_minutes: 60,
  state: "fine",
  created: "2026-06-01T00:00:00Z",
  next: "2026-06-01T01:00:00Z",
  last_success: "2026-06-01T00:00:00Z",
  failures: 0,
  entries: 20,
  refused: 1,
  patterns: 0,
};
const held = { ...feed, name: "pub", state: "held", held: "aa", held_entries: 40, reasons: ["the feed grew from 20 to 40 entries"], examples: [] };
const draw = (tab: string, standing: Standing[], permissions = MAY) => drawn(Page, "/indicators", `/indicators?tab=${tab}`, standing, permissions);
const feeds = (items: unknown[]): Standing => ({ path: "/api/v1/feeds", list: true, data: { items, next: null } });
const looked = (found: unknown[]): Standing => ({ path: "/api/v1/indicators/lookup", query: { value: "8.8.8.8" }, data: { value: "8.8.8.8", kind: "address", found } });

describe("Indicators", () => {
  it("draws blank lines while feeds load, and the reason of a failure", async () => {
    expect(await draw("feeds", [])).toContain('aria-busy="true"');
    expect(await draw("feeds", [{ path: "/api/v1/feeds", list: true, error: refused }])).toContain("the disk is full");
    expect(await draw("feeds", [feeds([])])).toContain("Chưa có nguồn nào tự lấy");
  });
  it("puts a feed that is held first, and offers a look only to who may release it", async () => {
    const html = await draw("feeds", [feeds([feed, held])]);
    expect(html.indexOf(">pub<")).toBeLessThan(html.indexOf(">june<"));
    expect(html).toContain("bị giữ lại, chờ người xem");
    expect(html).toContain("Xem và quyết định: pub");
    expect(html).not.toContain("Xem và quyết định: june");
    const reader = await draw("feeds", [feeds([held])], ["indicator:read", "feed:read"]);
    expect(reader).not.toContain("Xem và quyết định");
    expect(reader).not.toContain("Lấy ngay");
  });
  it("draws what others wrote as text", async () => {
    expect(await draw("feeds", [feeds([feed])])).toContain("CERT &lt;b&gt;Example&lt;/b&gt;");
  });
  it("tells what speaks against a value with the list's name", async () => {
    const one = { value: "8.8.8.8", kind: "address", list: "june", family: "fox", confidence: 80, tlp: "amber", allowed: false, in_force: true };
    const html = await drawn(Page, "/indicators", "/indicators?tab=look&value=8.8.8.8", [looked([{ ...one, warning: 'on the warninglist "Public resolvers"', caution: false }])], MAY);
    expect(html).toContain("nhiều khả năng báo nhầm");
    expect(html).toContain("Public resolvers");
  });
  it("says that nothing known is not harmless", async () => {
    expect(await drawn(Page, "/indicators", "/indicators?tab=look&value=8.8.8.8", [looked([])], MAY)).toContain("Không ai biết nó lành hay dữ");
  });
  it("shows of a pattern how it is asked, what no event tells of, and where its findings are", async () => {
    const one = {
      value: "[process:name = '<b>x' OR mutex:name = 'y'] REPEATS 3 TIMES WITHIN 60 SECONDS",
      kind: "pattern",
      list: "june",
      family: "fox",
      confidence: 80,
      tlp: "amber",
      from: "2026-06-01T00:00:00Z",
      matches: 3,
      last_match: "2026-06-02T00:00:00Z",
      asks: { observations: "several", window_seconds: 60, objects: ["process"], untold: ["mutex"], rules: ["indicator/present/fox"] },
    };
    const patterns = (items: unknown[]): Standing => ({ path: "/api/v1/indicators", query: { kind: "pattern" }, list: true, data: { items, next: null } });
    const html = await draw("patterns", [patterns([one])], [...MAY, "finding:read"]);
    expect(html).toContain("&lt;b&gt;x");
    expect(html).toContain("nhiều sự kiện của một máy, trong");
    expect(html).toContain("không sự kiện nào nói về: mutex");
    expect(html).toContain("rule=indicator%2Fpresent%2Ffox");
    expect(await draw("patterns", [patterns([one])])).not.toContain("rule=indicator");
    expect(await draw("patterns", [patterns([])])).toContain("Chưa có mẫu nào");
  });
});
