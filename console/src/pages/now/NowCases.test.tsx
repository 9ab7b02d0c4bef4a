import { describe, expect, it } from "vitest";
import { drawn, refused, ROOT, type Standing } from "../testing";
import { DueClocks, NowCases } from "./NowCases";

const waits = (counts: object): Standing => ({ path: "/api/v1/case-attention", query: {}, data: { overdue: 0, near: 0, relapses: 0, answers: 0, proposals: 0, returned: 0, clocks: [], ...counts } });
const clock = (hours: number) => ({
  case: "01900000-0000-7000-8000-000000000001",
  number: 12,
  title: "Botnet <b>tháng 11</b>",
  organisation: ROOT,
  clock: "vn-2026-notice",
  clock_title: "Initial notice",
  clock_title_vi: "Thông báo ban đầu",
  due: new Date(Date.now() + hours * 3_600_000).toISOString(),
  overdue: hours <= 0,
});
const draw = (standing: Standing[], permissions = ["case:read"]) => drawn(NowCases, "/", "/", standing, permissions);

describe("Cases on the first page", () => {
  it("are nothing where nothing waits", async () => {
    expect(await draw([waits({})])).not.toContain("Vụ việc cần bạn");
  });
  it("are counted, and each count leads to its cases", async () => {
    const html = await draw([waits({ relapses: 2, proposals: 1 })]);
    expect(html).toContain("2 mục tái nhiễm");
    expect(html).toContain("needs=relapses");
    expect(html).toContain("1 mục đề nghị đóng");
    expect(html).toContain("needs=proposals");
    expect(html).not.toContain("chờ xét");
  });
  it("tell how long is left, and by how much one is over", async () => {
    const html = await drawn(DueClocks, "/", "/", [waits({ overdue: 1, near: 1, clocks: [clock(-3), clock(20)] })], ["case:read"]);
    expect(html).toContain("quá hạn");
    expect(html).toContain("còn");
    expect(html).toContain("Botnet &lt;b&gt;tháng 11&lt;/b&gt;");
    expect(html).toContain("Thông báo ban đầu");
  });
  it("say why they could not be asked", async () => {
    expect(await draw([{ ...waits({}), error: refused }])).toContain("the disk is full");
  });
});
