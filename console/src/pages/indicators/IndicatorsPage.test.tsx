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
});
