import { describe, expect, it } from "vitest";
import type { ListReading } from "../../api/types";
import { drawn, refused, type Standing } from "../testing";
import { readImport } from "./import_state";
import { Page as ImportPage } from "./ImportPage";
import { Page as ListPage } from "./ListPage";
import { Page as ListsPage } from "./ListsPage";
import { shownReading } from "./MapTable";
import { stepOf } from "./Steps";
import { Page as WorklistPage } from "./WorklistPage";

const MAY = ["list:read", "list:import", "organisation:read"];
const LETTER = { issuer: "TTĐP2", number: "", date: "2026-11-28", subject: "IP botnet <b>đột xuất</b>", urgency: "" };
const column = {
  index: 0,
  header: "Địa chỉ IP",
  key: "dia chi ip",
  role: "victim",
  decided: true,
  suggestion: null,
  grounds: "58 addresses",
  filled: 5,
  addresses: 4,
  times: 0,
  numbers: 0,
  samples: [],
} as const;
const reading: ListReading = {
  form: "csv",
  encoding: "utf-8",
  encoding_grounds: "every byte fits",
  separator: ";",
  sheet: "",
  sheets: [],
  header_line: 3,
  title: [{ line: 1, text: "DANH SÁCH" }],
  footer: [],
  letter: LETTER,
  profile: "",
  zone: "Asia/Ho_Chi_Minh",
  zone_grounds: "the letter is a national one",
  date_order: "day-first",
  date_grounds: "1,180 values begin with a number above 12",
  columns: [
    { ...column, samples: [] },
    { ...column, index: 1, header: "C&C", key: "c c", role: "c2", samples: [] },
    { ...column, index: 2, header: "Loại KN", key: "loai kn", role: "ignore", decided: false, suggestion: "protocol", grounds: "TCP and UDP", addresses: 0, filled: 3, samples: ["TCP", "\u202eUDP"] },
  ],
  questions: [{ about: "column:loai kn", text: "What is it?", choices: ["protocol", "report", "ignore"] }],
  remarks: ["2 rows were hidden"],
  counts: { read: 5, accepted: 3, duplicate: 1, rejected: 1, records: 4 },
  rows: [
    { line: 4, outcome: "accepted", duplicate_of: 0, column: 0, reason: "", cells: ["203[.]0[.]113[.]91", "198.51.100.23", "TCP"], read_as: ["203.0.113.91", "", ""] },
    { line: 5, outcome: "duplicate", duplicate_of: 4, column: 0, reason: "", cells: ["203.0.113.91", "198.51.100.23", "TCP"], read_as: ["", "", ""] },
    {
      line: 6,
      outcome: "rejected",
      duplicate_of: 0,
      column: 0,
      reason: "a group of digits is missing: an address has four, and there are 3",
      reason_code: "list-group-missing",
      reason_values: ["3"],
      cells: ["203.0.113", "198.51.100.23", "<i>"],
      read_as: ["", "", ""],
    },
  ],
  attribution: { owner: 2, conflict: 0, gap: 1, nobody: 0, organisations: [{ id: "o1", name: "Sở Tài chính", rows: 2 }] },
  same_as: null,
  previous: null,
  series: "TTĐP2",
};
const read = (more: Partial<ListReading> = {}): Standing => ({ path: "", key: ["/api/v1/list-uploads/{id}/read", "u1", {}], data: { ...reading, ...more } });
const importing = (standing: Standing[], step = "columns") => drawn(ImportPage, "/lists/import", `/lists/import?upload=u1&step=${step}`, standing, MAY);

const list = {
  id: "l1",
  name: "ds_thang_11.csv",
  sha256: "9f2c".padEnd(60, "0") + "e41a",
  bytes: 1000,
  form: "csv",
  letter: LETTER,
  series: "TTĐP2",
  family: "",
  from: null,
  until: null,
  profile: "",
  zone: "Asia/Ho_Chi_Minh",
  kept: "2026-11-28T02:40:00Z",
  by: "user:an",
  same_as: null,
  indicators: "",
  copies: [{ id: "l2", name: "copy.csv", number: "541/SYT-CNTT", issuer: "Sở Y tế", date: "", kept: "2026-11-28T02:51:00Z" }],
  counts: { ...reading.counts, victims: 3 },
  attribution: { owner: 2, conflict: 0, gap: 1, nobody: 0 },
  organisations: reading.attribution.organisations,
};
const hit = {
  id: "h1",
  series: "TTĐP2",
  organisation: { id: "o1", name: "Sở Tài chính" },
  subject: "203.0.113.47",
  family: "Mirai",
  province: "",
  system: "HTTT-01",
  level: 3,
  severity: 0,
  fact: 1,
  state: "relapsed",
  times: 2,
  relapses: 1,
  first_seen: "2026-10-01T00:00:00Z",
  last_seen: "2026-11-28T00:00:00Z",
  first_list: "l0",
  last_list: "l1",
  listed: true,
  reasons: [
    { reason: "listed", value: "yes" },
    { reason: "level", value: "3" },
    { reason: "relapses", value: "1" },
  ],
};
const paged = (path: string, items: unknown[], more: Partial<Standing> = {}): Standing => ({ path, list: true, data: { items, next: null }, ...more });

describe("Lists", () => {
  const draw = (standing: Standing[], permissions = MAY) => drawn(ListsPage, "/lists", "/lists", standing, permissions);
  it("draws blank lines while it loads, the reason of a failure, and what to do when there is none", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([paged("/api/v1/lists", [], { data: undefined, error: refused })])).toContain("the disk is full");
    expect(await draw([paged("/api/v1/lists", [])])).toContain("Chưa có danh sách nào");
  });
  it("tells the account of each, a missing number as missing, and lets only those import who may", async () => {
    const html = await draw([paged("/api/v1/lists", [list])]);
    for (const words of ["5 = 3 + 1 + 1", "chưa có số", "28/11/2026", "IP botnet &lt;b&gt;đột xuất&lt;/b&gt;", "Thả tệp danh sách vào đây"]) expect(html).toContain(words);
    expect(await draw([paged("/api/v1/lists", [list])], ["list:read"])).not.toContain("Thả tệp danh sách");
  });
});

describe("an import", () => {
  it("asks what is in doubt with nothing chosen, and does not go on before", async () => {
    const html = await importing([read()]);
    expect(html).toContain("Cột «Loại KN» là gì?");
    expect(html).not.toContain('checked=""');
    expect(html).toContain("Đi tiếp khi đã trả lời 1 câu hỏi");
    expect(html).toMatch(/disabled=""[^>]*>Tiếp: Đối soát/);
    expect(await importing([read({ questions: [] })])).not.toMatch(/disabled=""[^>]*>Tiếp/);
  });
  it("shows what was read below what was written, and the reason in the cell that was rejected", async () => {
    const html = await importing([read()]);
    expect(html).toContain("203[.]0[.]113[.]91");
    expect(html).toMatch(/class="to".*203\.0\.113\.91/);
    expect(html).toMatch(/<td class="bad">.*203\.0\.113.*Thiếu một nhóm số: địa chỉ có bốn nhóm, ở đây có 3/);
    expect(html).toContain("trùng 4");
    expect(html).toContain("&lt;i&gt;");
    expect(html).toContain("U+202E");
  });
  it("marks victim and C2 with words and a mark, not by colour alone", async () => {
    const html = await importing([read()]);
    expect(html).toMatch(/class="role-v".*?<svg.*?<option value="victim" selected="">Nạn nhân/s);
    expect(html).toMatch(/class="role-c".*?<svg.*?<option value="c2" selected="">C2, máy điều khiển/s);
  });
  it("has an account that adds up, and offers the rejected rows", async () => {
    const html = (await importing([read()])).replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
    expect(html).toContain("5 đọc=3 nhận(thành 4 bản ghi)+1 trùng+1 loại");
    expect(html).toContain("Tải 1 dòng bị loại, kèm lý do");
  });
  it("tells the grounds of what it understood", async () => {
    const html = await importing([read()]);
    for (const words of ["Ngày trước, tháng sau", "Múi giờ Asia/Ho_Chi_Minh", "Bảng mã UTF-8", "Đổi hai cột là đổ oan máy khác"]) expect(html).toContain(words);
  });
  it("tells that the same list came already by another office", async () => {
    const same = { id: "l1", name: "ds.csv", number: "1129/TTĐP2", issuer: "TTĐP2", date: "", kept: "2026-11-28T02:40:00Z" };
    const html = await importing([read({ same_as: same })]);
    expect(html).toContain("Danh sách này đã nhận rồi");
    expect(html).toContain("1129/TTĐP2");
  });
  it("says whose the rows are, and what belongs to nobody as that", async () => {
    const html = await importing([read({ questions: [] })], "whose");
    expect(html).toContain("Sở Tài chính");
    expect(html).toContain("Hai đơn vị cùng nhận");
    expect(html.replace(/<[^>]+>/g, "")).toMatch(/Không thuộc dải quản lý[^0-9]*1/);
  });
  it("draws the reason when the upload is no longer there, and takes another file", async () => {
    const html = await importing([{ path: "", key: ["/api/v1/list-uploads/{id}/read", "u1", {}], error: refused }]);
    expect(html).toContain("the disk is full");
    expect(html).toContain("Thả tệp danh sách vào đây");
  });
  it("asks about the form of the file at the step that shows it", () => {
    expect(stepOf("sheet")).toBe("read");
    expect(stepOf("column:x")).toBe("columns");
  });
  it("takes from the browser only what it put there", () => {
    expect(readImport("no json")).toBeUndefined();
    expect(readImport('{"id":1,"name":"x","bytes":1,"sha256":"","choices":{}}')).toBeUndefined();
    expect(readImport('{"id":"u","name":"x","bytes":1,"sha256":"","choices":{"zone":"UTC"}}')?.choices).toEqual({ zone: "UTC" });
  });
});

describe("a list", () => {
  const draw = (standing: Standing[], address = "/lists/l1") => drawn(ListPage, "/lists/$id", address, standing, MAY);
  const whole: Standing = { path: "/api/v1/lists/{id}", id: "l1", data: list };
  it("draws blank lines while it loads and the reason of a failure", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([{ path: "/api/v1/lists/{id}", id: "l1", error: refused }])).toContain("the disk is full");
  });
  it("tells its letter, its account, its copies and whose its rows are", async () => {
    const html = await draw([whole]);
    for (const words of ["chưa có số", "541/SYT-CNTT", "Tải bản gốc", "9f2c…e41a", "Sở Tài chính", "Gắn lại đơn vị"]) expect(html).toContain(words);
  });
  it("compares with the one before it", async () => {
    const counts = { new: 1, persistent: 2, gone: 3, relapsed: 4 };
    const with_ = { id: "l0", name: "ds_thang_10.csv", number: "9/X", issuer: "", date: "", kept: "2026-10-28T00:00:00Z" };
    const diff: Standing = {
      path: "/api/v1/lists/{id}/diff",
      id: "l1",
      data: { list: with_, series: "TTĐP2", with: with_, all: counts, organisations: [{ organisation: { id: "o1", name: "Sở Tài chính" }, changes: counts }], families: [], provinces: [], trend: [] },
    };
    const html = (await draw([whole, diff], "/lists/l1?view=compare")).replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
    expect(html).toContain("So với ds_thang_10.csv 9/X");
    expect(html).toContain("Mới 1 Tái nhiễm 4 Còn 2 Hết 3");
  });
});

describe("the worklist", () => {
  const draw = (standing: Standing[], address = "/lists/worklist") => drawn(WorklistPage, "/lists/worklist", address, standing, MAY);
  it("draws blank lines while it loads, the reason of a failure, and what empty means", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([paged("/api/v1/list-hits", [], { data: undefined, error: refused })])).toContain("the disk is full");
    expect(await draw([paged("/api/v1/list-hits", [])])).toContain("Chỉ biết theo các danh sách đã giữ");
  });
  it("shows each reason in words", async () => {
    const html = await draw([paged("/api/v1/list-hits", [hit])]);
    for (const words of ["203.0.113.47", "Sở Tài chính", "Tái nhiễm", "đang có trong danh sách mới nhất", "hệ thống cấp độ 3", "tái nhiễm 1 lần"]) expect(html).toContain(words);
  });
  it("asks for the state that stands in the address", async () => {
    expect(await draw([paged("/api/v1/list-hits", [hit], { query: { state: "relapsed" } })], "/lists/worklist?state=relapsed")).toContain("203.0.113.47");
  });
});

describe("what was read of a cell", () => {
  it("is a time as times are here, and said only where it differs", () => {
    expect(shownReading("46353,0875", "2026-11-26T19:06:00Z")).toBe("27/11/2026 02:06:00");
    expect(shownReading("27/11/2026 01:14", "2026-11-26T18:14:00Z")).toBe("");
    expect(shownReading("27/11/2026", "2026-11-26T17:00:00Z")).toBe("");
    expect(shownReading("203[.]0[.]113[.]91", "203.0.113.91")).toBe("203.0.113.91");
    expect(shownReading("203.0.113.91", "")).toBe("");
  });
});
