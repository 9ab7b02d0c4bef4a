import { describe, expect, it } from "vitest";
import { drawn, EVERYTHING, type Standing } from "../testing";
import { Page } from "./AdministrationPage";

const draw = (tab: string, standing: Standing[], permissions?: string[]) => drawn(Page, "/administration", `/administration?tab=${tab}`, standing, permissions);
const health = (more: object = {}): Standing => ({
  path: "/api/v1/health",
  data: {
    version: "1",
    started: "2026-11-27T00:00:00Z",
    resident_bytes: 1200,
    journal: { writable: true, bytes: 8000, damage: [] },
    pipeline: { lag_records: 0, trouble: "", set_aside: [] },
    content: { rules: 22, refused: [] },
    archive: { trouble: "", events: 517627, segments: 3, bytes: 1_200_000, bytes_per_day: 1_000_000_000, free_bytes: 45_000_000_000, full_in_days: 45, sources: [], damage: [], missing: [] },
    ...more,
  },
});

describe("Administration", () => {
  it("shows only the tabs that one may see", async () => {
    const html = await draw("health", [health()], ["health:read"]);
    expect(html).toContain("Sức khoẻ");
    for (const words of ["Mã truy cập", "Thiết đặt", "Sao lưu", "Nhật ký kiểm toán"]) expect(html).not.toContain(words);
  });
  it("forecasts when the disk is full", async () => {
    const html = await draw("health", [health()]);
    expect(html).toContain("sau 45 ngày");
    expect(html).toContain("517.627");
  });
  it("says that there is no forecast where there is no rate", async () => {
    expect(await draw("health", [health({ archive: { events: 0, free_bytes: 5, sources: [] } })])).toContain("chưa đủ số liệu để dự báo");
  });
  it("says how far building the archive anew is, and lets only those stop it who may", async () => {
    const archive = (segments: number): Standing => ({
      path: "/api/v1/archive",
      data: { rebuild: { segments, events: 250_000, events_marked: 1_000_000, kept: ["segment 7: the journal begins later"] } },
    });
    const running = await draw("health", [health(), archive(3)], [...EVERYTHING, "archive:rebuild"]);
    expect(running).toContain("còn 250.000 trên 1.000.000 sự kiện, trong 3 đoạn");
    expect(running).toContain("width:75%");
    expect(running).toContain("segment 7: the journal begins later");
    expect(running).toContain("Dừng dựng lại");
    expect(await draw("health", [health(), archive(3)])).not.toContain("Dừng dựng lại");
    expect(await draw("health", [health(), archive(0)], [...EVERYTHING, "archive:rebuild"])).toContain("Dựng lại từ nhật ký gốc");
  });
  it("lists what was set aside with a retry for who may", async () => {
    const aside = health({ pipeline: { lag_records: 0, trouble: "", set_aside: [{ position: 12, source: "s", when: "2026-11-27T00:00:00Z", reason: "ended the program twice" }] } });
    expect(await draw("aside", [aside])).toContain("Thử lại");
    expect(
      await draw(
        "aside",
        [aside],
        EVERYTHING.filter((one) => one !== "record:retry"),
      ),
    ).not.toContain("Thử lại</button>");
    expect(await draw("aside", [health()])).toContain("Không bản ghi nào để riêng");
  });
  it("shows settings with value, default, bounds and text", async () => {
    const html = await draw("settings", [
      {
        path: "/api/v1/settings",
        data: { items: [{ key: "journal.keep_days", value: 400, default: 365, least: 1, most: 36500, text: "Days that records are kept.", text_vi: "Số ngày giữ bản ghi." }] },
      },
    ]);
    for (const words of ["journal.keep_days", "400", "365", "1 đến 36.500", "Số ngày giữ bản ghi."]) expect(html).toContain(words);
    expect(html).not.toContain("Days that");
    const wide = await draw("settings", [{ path: "/api/v1/settings", data: { items: [{ key: "a.bytes", value: 134217728, default: "", text: "Bytes.", text_vi: "Số byte." }] } }]);
    expect(wide).toContain("134.217.728");
    expect(wide).toContain("trống");
  });
  it("says that there is no backup, in the colour of what is not known", async () => {
    expect(await draw("backup", [{ path: "/api/v1/backups", list: true, data: { items: [], next: null } }])).toMatch(/c-unk.*Chưa có bản sao lưu nào/s);
  });
  it("never shows a token's secret in the list", async () => {
    const token = {
      id: "t",
      name: "web-01",
      role: "ingest",
      organisation: null,
      source: null,
      creator: "user:an",
      created: "2026-11-27T00:00:00Z",
      expires: null,
      revoked: null,
      used: null,
      version: 1,
      token: "vg_secret",
    };
    const html = await draw("tokens", [{ path: "/api/v1/tokens", list: true, data: { items: [token], next: null } }]);
    expect(html).toContain("web-01");
    expect(html).not.toContain("vg_secret");
  });
});
