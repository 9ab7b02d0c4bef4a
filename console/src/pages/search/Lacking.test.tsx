import { describe, expect, it } from "vitest";
import type { Lack } from "../../api/search";
import { drawn, EVERYTHING, type Standing } from "../testing";
import { lackingOf } from "./Lacking";
import { Page } from "./SearchPage";

const FROM = "2026-11-27T00:00:00.000Z";
const TO = "2026-11-28T00:00:00.000Z";
const missing: Lack = { from: "2026-11-27T10:00:00Z", to: "2026-11-27T10:07:00Z", events: 1234, reason: "missing" };
const behind: Lack = { from: "2026-11-27T11:00:00Z", to: "2026-11-27T11:01:00Z", events: null, reason: "behind" };

describe("what an answer lacks", () => {
  it("is told once, whichever answers tell it", () => {
    expect(lackingOf([missing, behind], undefined, [missing, { ...behind, to: "2026-11-27T11:01:01Z" }])).toEqual([missing, behind]);
    expect(lackingOf(undefined, [])).toEqual([]);
  });
  const draw = (incomplete?: Lack[]) => {
    const count: Standing = { path: "", key: ["search", "count", { q: "a", from: FROM, to: TO, masked: true }, 0], data: { count: 1, ...(incomplete ? { incomplete } : {}) } };
    return drawn(Page, "/search", `/search?q=a&from=${FROM}&to=${TO}`, [count], EVERYTHING);
  };
  it("stands above the results in words", async () => {
    const html = await draw([missing, { ...missing, from: null, to: null, events: null, reason: "lost" }, behind]);
    expect(html).toContain("Câu trả lời này thiếu:");
    expect(html).toContain("(nhiều nhất 1.234): đang được khôi phục từ nhật ký");
    expect(html).toContain("một số sự kiện, chưa rõ thời điểm: kho lưu đã mất hẳn");
    expect(html).toContain("chưa tìm được: kho lưu đang chậm");
  });
  it("is not there when the answer is whole", async () => {
    expect(await draw()).not.toContain("lacking");
  });
});
