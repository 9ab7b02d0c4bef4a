import { describe, expect, it } from "vitest";
import { drawn, refused, type Standing } from "../testing";
import { Page } from "./HuntsPage";

const MAY = ["hunt:read", "hunt:run"];
const hunt = {
  id: "01900000-0000-7000-8000-000000000001",
  organisation: null,
  name: "june <b>list</b>",
  what: "indicators",
  origin: "list",
  by: "user:an",
  state: "running",
  from: "2026-03-01T00:00:00Z",
  until: "2026-06-02T00:00:00Z",
  values: 1200,
  parts_done: 3,
  parts_total: 40,
  parts_read: 1,
  events: 3_000_000,
  events_read: 2048,
  hits: 7,
  known: 1,
  findings: 2,
  records: true,
  seconds: 12.34,
  created: "2026-06-01T00:00:00Z",
};
const coverage = { from: hunt.from, until: hunt.created, parts: 40, events: 40_000_000, first: hunt.from, last: hunt.created, days_without: [], missing: [], skipped_values: 0 };
const hunts = (items: unknown[]): Standing => ({ path: "/api/v1/hunts", list: true, data: { items, next: null } });
const draw = (standing: Standing[], permissions = MAY) => drawn(Page, "/hunts", "/hunts", standing, permissions);

describe("Hunts", () => {
  it("draws blank lines while it loads, the reason of a failure, and that there is none", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([{ path: "/api/v1/hunts", list: true, error: refused }])).toContain("the disk is full");
    expect(await draw([hunts([])])).toContain("Chưa có lượt săn nào");
  });
  it("tells how far one is, and lets only those pause it who may", async () => {
    const html = await draw([hunts([hunt])]);
    expect(html).toContain("3 trên 40 đoạn, 3.000.000 sự kiện");
    expect(html).toContain("Tạm dừng");
    expect(html).toContain("june &lt;b&gt;list&lt;/b&gt;");
    expect(html).not.toContain("Chạy tiếp");
    const reader = await draw([hunts([hunt])], ["hunt:read"]);
    expect(reader).not.toContain("Tạm dừng");
    expect(reader).not.toContain("btn pri");
  });
  it("offers what was covered when one is done, and says why one failed", async () => {
    const html = await draw([
      hunts([
        { ...hunt, state: "done", coverage },
        { ...hunt, id: "2", state: "failed", reason: "the archive is not open" },
      ]),
    ]);
    expect(html).toContain("Đã hỏi những gì: june");
    expect(html).toContain("the archive is not open");
    expect(html).toContain("Chạy tiếp: june");
  });
});
