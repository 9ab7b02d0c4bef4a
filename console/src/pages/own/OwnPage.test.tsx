import { describe, expect, it } from "vitest";
import { drawn, refused, type Standing } from "../testing";
import { Page as AnsweredPage } from "./AnsweredPage";
import { Page } from "./OwnPage";

const MAY = ["case:read", "case:answer"];
const seen = "2026-11-24T01:40:00Z";
const item = {
  id: "01900000-0000-7000-8000-000000000002",
  case: "01900000-0000-7000-8000-000000000001",
  organisation: "01900000-0000-7000-8000-0000000000aa",
  subject: "203.0.113.91",
  port: 40112,
  family: "Sality",
  system: "Phòng máy <b>thư viện</b>",
  level: 0,
  state: "open",
  first_seen: seen,
  last_seen: seen,
  opened: seen,
  seen: 1,
  reminders: 0,
  relapses: 0,
  answer: "",
  answer_text: "",
  answer_by: "",
  answered: null,
  removed: null,
  excepted_until: null,
  answer_until: null,
  returned: "",
  closed: null,
  closed_why: "",
  closed_by: "",
  closed_reason: "",
  version: 1,
};
const open = (items: unknown[]): Standing => ({ path: "/api/v1/case-items", list: true, data: { items, next: null }, query: { state: "open" } });
const draw = (standing: Standing[]) => drawn(Page, "/", "/", standing, MAY);

describe("What an organisation has to do", () => {
  it("draws blank lines while it loads, the reason of a failure, and that nothing is left", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([{ ...open([]), error: refused }])).toContain("the disk is full");
    expect(await draw([open([])])).toContain("Không còn máy nào cần làm");
  });
  it("says of each machine what to do in three steps, in their order", async () => {
    const html = await draw([open([item])]);
    expect(html).toContain("1 máy cần bạn làm");
    expect(html).toContain("Phòng máy &lt;b&gt;thư viện&lt;/b&gt;");
    expect(html).toContain("cổng 40112");
    const steps = ["Xem: máy nào?", "Làm sạch", "Bấm một nút dưới đây", "Đã gỡ xong, gửi kết quả"].map((words) => html.indexOf(words));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(html).toContain("/api/v1/case-answers/sheet?format=xlsx");
  });
  it("puts what was returned first, with the reason, and what came back before the rest", async () => {
    const html = await draw([
      open([item, { ...item, id: "b", subject: "203.0.113.92", system: "", relapses: 1 }, { ...item, id: "c", subject: "203.0.113.93", system: "", returned: "thiếu <i>nhật ký</i>" }]),
    ]);
    expect(html).toContain("thiếu &lt;i&gt;nhật ký&lt;/i&gt;");
    expect(html.indexOf("203.0.113.93")).toBeLessThan(html.indexOf("203.0.113.92"));
    expect(html.indexOf("203.0.113.92")).toBeLessThan(html.indexOf("203.0.113.91"));
    expect(html).toContain("Nhiễm lại");
  });
});

describe("What was answered", () => {
  it("shows the answer, and how far verification is", async () => {
    const removed = { ...item, state: "removed", answer: "removed", answer_text: "cài lại", answered: seen, removed: seen };
    const html = await drawn(
      AnsweredPage,
      "/own/answered",
      "/own/answered",
      [
        { path: "/api/v1/case-items", list: true, data: { items: [removed], next: null }, query: { state: "removed", limit: "50" } },
        { path: "/api/v1/case-items/{id}/verdict", id: item.id, data: { item: item.id, kind: "waits", quiet_days: 3, reasons: [{ code: "no-later-list", text: "" }] } },
      ],
      MAY,
    );
    expect(html).toContain("Đã gỡ");
    expect(html).toContain("3/7 ngày không thấy");
    expect(html).toContain("chưa có danh sách sau");
  });
});
