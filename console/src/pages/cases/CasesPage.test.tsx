import { describe, expect, it } from "vitest";
import { drawn, refused, type Standing } from "../testing";
import { Page as CasePage } from "./CasePage";
import { Page } from "./CasesPage";

const MAY = ["case:read", "case:write", "case:answer", "case:judge"];
const ID = "01900000-0000-7000-8000-000000000001";
const file = {
  id: ID,
  number: 417,
  organisation: "01900000-0000-7000-8000-0000000000aa",
  matter: "CATTT botnet",
  title: "Botnet <b>tháng 11</b>",
  kind: "malware",
  stage: "removing",
  detected: "2026-11-24T01:00:00Z",
  opened: "2026-11-24T02:00:00Z",
  opened_by: "user:an",
  assigned: "",
  serious: false,
  receipt: "",
  closed: null,
  items: 2,
  items_open: 1,
  items_closed: 1,
  relapses: 1,
  merged_into: null,
  merged_into_number: 0,
  version: 1,
};
const item = {
  id: "01900000-0000-7000-8000-000000000002",
  case: ID,
  organisation: file.organisation,
  subject: "203.0.113.7",
  port: 51822,
  family: "Mirai",
  system: "",
  level: 0,
  state: "answered",
  first_seen: file.detected,
  last_seen: file.detected,
  opened: file.opened,
  seen: 2,
  reminders: 1,
  relapses: 1,
  answer: "false-report",
  answer_text: "máy quét <i>của ta</i>",
  answer_by: "user:binh",
  answered: file.opened,
  removed: null,
  excepted_until: null,
  closed: null,
  closed_why: "",
  closed_by: "",
  closed_reason: "",
  version: 2,
};
const cases = (items: unknown[]): Standing => ({ path: "/api/v1/cases", list: true, data: { items, next: null }, query: { state: "open" } });

describe("Cases", () => {
  it("draws blank lines while it loads, the reason of a failure, and that there is none", async () => {
    expect(await drawn(Page, "/cases", "/cases", [], MAY)).toContain('aria-busy="true"');
    expect(await drawn(Page, "/cases", "/cases", [{ ...cases([]), error: refused }], MAY)).toContain("the disk is full");
    expect(await drawn(Page, "/cases", "/cases", [cases([])], MAY)).toContain("Chưa có vụ việc nào");
  });
  it("tells what is open, and lets only those open one who may", async () => {
    const html = await drawn(Page, "/cases", "/cases", [cases([file])], MAY);
    expect(html).toContain("Botnet &lt;b&gt;tháng 11&lt;/b&gt;");
    expect(html).toContain("2 mục, 1 chưa đóng");
    expect(html).toContain("Mở vụ việc");
    expect(await drawn(Page, "/cases", "/cases", [cases([file])], ["case:read"])).not.toContain("Mở vụ việc");
  });
});

describe("A watched item", () => {
  const watched = (watch: object) => {
    const looked = { looked: file.opened, verdict: "waits", reason: "", quiet_days: 5, asked_days: 7, proposed: null, coverage: 1, until: file.opened, last_contact: null, why_not: "", ...watch };
    return drawn(
      CasePage,
      "/cases/$id",
      `/cases/${ID}`,
      [
        { path: "/api/v1/cases/{id}", id: ID, data: file },
        { path: "items", key: ["/api/v1/cases/{id}/items", "list", ID, {}], list: true, data: { items: [{ ...item, state: "removed", watch: looked }], next: null } },
      ],
      MAY,
    );
  };
  it("tells for how long nothing was seen, and how much of it the logs cover", async () => {
    const html = await watched({});
    expect(html).toContain("không thấy 5/7 ngày, nhật ký phủ 100 %");
    expect(html).not.toContain("đề nghị đóng");
  });
  it("never tells of silence where nobody could have seen a contact", async () => {
    const html = await watched({ coverage: null, why_not: "no-control-servers", verdict: "not-observable" });
    expect(html).toContain("không quan sát được");
    expect(html).not.toContain("không thấy");
  });
  it("tells that closing is proposed", async () => {
    expect(await watched({ verdict: "may-close", proposed: file.opened })).toContain("đề nghị đóng");
  });
});

describe("A case", () => {
  const standing: Standing[] = [
    { path: "/api/v1/cases/{id}", id: ID, data: file },
    { path: "items", key: ["/api/v1/cases/{id}/items", "list", ID, {}], list: true, data: { items: [item], next: null } },
    { path: "timeline", key: ["/api/v1/cases/{id}/timeline", "list", ID, {}], list: true, data: { items: [], next: null } },
    {
      path: "/api/v1/cases/{id}/deadlines",
      id: ID,
      data: {
        case: ID,
        regime: "vn-2017",
        circumstances: [],
        kept: [
          {
            id: "vn-2017-notice",
            due: "2024-05-01T17:00:00Z",
            moved: null,
            moved_by: "",
            moved_reason: "",
            done: null,
            done_by: "",
            document: "",
            overdue: true,
            overdue_seconds: 3600,
            told: [{ stage: "24h", time: "2024-04-30T17:00:00Z", to: "" }],
          },
        ],
        items: [{ id: "vn-2017-notice", title: "Notice", title_vi: "Thông báo sự cố", basis: "TT 20/2017", strict: "2024-05-01T17:00:00Z", extended: "2024-05-02T17:00:00Z", immediately: false }],
      },
    },
  ];
  const draw = (permissions: string[]) => drawn(CasePage, "/cases/$id", `/cases/${ID}`, standing, permissions);
  it("shows each item with its answer, and who may judge it", async () => {
    const html = await draw(MAY);
    expect(html).toContain("203.0.113.7:51822");
    expect(html).toContain("máy quét &lt;i&gt;của ta&lt;/i&gt;");
    expect(html).toContain("Xét: 203.0.113.7");
    expect(html).toContain("tái nhiễm 1 lần");
    const contact = await draw(["case:read", "case:answer"]);
    expect(contact).toContain("Trả lời: 203.0.113.7");
    expect(contact).not.toContain("Xét: 203.0.113.7");
    expect(contact).not.toContain("Chuyển bước");
  });
  it("tells what is overdue, and by which article", async () => {
    const html = await draw(MAY);
    expect(html).toContain("Thông báo sự cố");
    expect(html).toContain("trước 02/05/2024 00:00");
    expect(html).toContain("quá hạn");
    expect(html).toContain("TT 20/2017");
    expect(html).toContain("Đã nhắc 24h");
    expect(html).toContain("chưa có ai để nhắc");
    expect(html).toContain("Dời hạn");
    expect(await draw(["case:read"])).not.toContain("Dời hạn");
  });
});
