import { describe, expect, it } from "vitest";
import type { Case, CaseSeriousness, CaseTask } from "../../api/types";
import { drawn, type Standing } from "../testing";
import { Page as CasePage } from "./CasePage";
import { Page } from "./CasesPage";
import { mergeable } from "./work";

const MAY = ["case:read", "case:write", "case:answer", "case:judge"];
const ID = "01900000-0000-7000-8000-000000000001";
const OTHER = "01900000-0000-7000-8000-000000000009";
const file: Case = {
  id: ID,
  number: 1,
  organisation: "01900000-0000-7000-8000-0000000000aa",
  matter: "x",
  title: "Máy chủ <i>tệp</i>",
  kind: "encryption",
  stage: "verifying",
  detected: "2026-11-24T01:00:00Z",
  opened: "2026-11-24T02:00:00Z",
  opened_by: "user:an",
  assigned: "",
  serious: false,
  receipt: "",
  closed: null,
  items: 0,
  items_open: 0,
  items_closed: 0,
  relapses: 0,
  merged_into: null,
  merged_into_number: 0,
  version: 1,
};
const task: CaseTask = {
  id: "01900000-0000-7000-8000-000000000003",
  case: ID,
  organisation: file.organisation,
  position: 1,
  title: "Khôi phục <b>dữ liệu</b>",
  text: "[bash] rm -rf /",
  assigned: "binh",
  due: "2024-05-01T00:00:00Z",
  outcome: "open",
  done: null,
  done_by: "",
  note: "",
  run: "01900000-0000-7000-8000-000000000004",
  step: "action--1",
  step_kind: "if-condition",
  branch: "true",
  depth: 1,
  opened: file.opened,
  opened_by: "user:an",
  version: 1,
};
const unsaid = { holds: "not-known", stated: false, kind: "", reason: "", by: "", time: null } as const;
const seriousness: CaseSeriousness = {
  case: ID,
  all: "not-known",
  level: { holds: "yes", level: 4, without_level: 2 },
  impact: unsaid,
  alone: { holds: "no", stated: true, kind: "", reason: "hai máy", by: "user:an", time: file.opened },
  confirmed: false,
};

function standing(of: Case): Standing[] {
  return [
    { path: "/api/v1/cases/{id}", id: ID, data: of },
    { path: "items", key: ["/api/v1/cases/{id}/items", "list", ID, {}], list: true, data: { items: [], next: null } },
    { path: "tasks", key: ["/api/v1/cases/{id}/tasks", "list", ID, {}], list: true, data: { items: [task], next: null } },
    { path: "timeline", key: ["/api/v1/cases/{id}/timeline", "list", ID, {}], list: true, data: { items: [], next: null } },
    { path: "/api/v1/cases/{id}/seriousness", id: ID, data: seriousness },
    { path: "/api/v1/cases/{id}/merged", id: ID, data: { case: ID, items: [{ ...file, id: OTHER, number: 2, title: "Máy trạm" }] } },
    { path: "/api/v1/cases/{id}/playbooks", id: ID, data: { case: ID, items: [] } },
  ];
}
const draw = (of: Case, permissions = MAY) => drawn(CasePage, "/cases/$id", `/cases/${ID}`, standing(of), permissions);

describe("Work in a case", () => {
  it("shows a step with its branch, who has it and that it is late, and executes nothing", async () => {
    const html = await draw(file);
    expect(html).toContain("Khôi phục &lt;b&gt;dữ liệu&lt;/b&gt;");
    expect(html).toContain("nếu đúng");
    expect(html).toContain("quá hạn");
    expect(html).toContain("[bash] rm -rf /");
    expect(html).toContain("Xong: Khôi phục");
    const reader = await draw(file, ["case:read"]);
    expect(reader).not.toContain("Xong: Khôi phục");
    expect(reader).not.toContain("Thêm việc");
  });
  it("says of each condition whether it holds, and that what nobody has said is not known", async () => {
    const html = await draw(file);
    expect(html).toContain("cao nhất: cấp 4 · chưa biết cấp độ của 2 mục");
    expect(html).toContain("chưa ai nhận định");
    expect(html).toContain("an: hai máy");
    expect(html).toContain("chưa đủ để biết");
    expect(html).toContain("Xác nhận nghiêm trọng");
    expect(await draw(file, ["case:read", "case:write"])).not.toContain("Xác nhận nghiêm trọng");
  });
  it("points to the case that took it in, and lets nothing be done there", async () => {
    expect(await draw(file)).toContain("Tách lại: Máy trạm");
    const merged = await draw({ ...file, closed: file.opened, merged_into: OTHER, merged_into_number: 2 });
    expect(merged).toContain("Đã gộp vào vụ việc 2");
    expect(merged).not.toContain("Tách lại: Máy trạm");
    expect(merged).not.toContain("Gộp vào đây");
    expect(merged).not.toContain("Xong: Khôi phục");
  });
});

describe("Many cases", () => {
  const column = (stage: string, items: Case[]): Standing => ({ path: "/api/v1/cases", list: true, data: { items, next: null }, query: { state: "open", stage, limit: "50" } });
  it("stand by their stage on the board, with buttons to move them", async () => {
    const html = await drawn(Page, "/cases", "/cases?view=board", [column("received", []), column("verifying", [file])], MAY);
    expect(html).toContain("Chuyển sang Ứng cứu ban đầu: Máy chủ &lt;i&gt;tệp&lt;/i&gt;");
    expect(html).toContain("Về Tiếp nhận: Máy chủ");
    expect(await drawn(Page, "/cases", "/cases?view=board", [column("verifying", [file])], ["case:read"])).not.toContain("Chuyển sang");
  });
  it("go into one only of the same organisation, open, and not itself", () => {
    const other = { ...file, id: OTHER };
    expect(mergeable([file, other, { ...other, closed: file.opened }, { ...other, organisation: OTHER }], file)).toEqual([other]);
  });
});
