import { describe, expect, it } from "vitest";
import { drawn, refused, ROOT, type Standing } from "../testing";
import { Page as FindingPage } from "./FindingPage";
import { Page } from "./FindingsPage";

const NONE = { level: "", state: "", muted: "", rule: "", entity: "", like: "", below: "", assignee: "" };
const finding = {
  id: "0190a1b2-0000-7000-8000-000000000001",
  organisation: ROOT,
  rule: { id: "r1", title: "root <b>logged</b> in", author: "Example", kind: "sigma", tags: ["attack.t1078"] },
  level: "high",
  entity: "host:web-01",
  state: "new",
  count: 37,
  first_seen: "2026-11-27T18:00:00Z",
  last_seen: "2026-11-27T20:07:05Z",
  created: "2026-11-27T18:00:01Z",
  updated: "2026-11-27T20:07:06Z",
  score: 60,
  matched: { "user.name": "root" },
  masked: false,
  muted_until: null,
  mute_reason: "",
  close_reason: "",
  assignee: "",
  version: 1,
};
const list = (items: unknown[], next: string | null = null): Standing => ({ path: "/api/v1/findings", list: true, query: NONE, data: { items, next } });
const count = (number: number): Standing => ({ path: "/api/v1/findings/count", query: NONE, data: { count: number } });
const draw = (standing: Standing[], address = "/findings", permissions?: string[]) => drawn(Page, "/findings", address, standing, permissions);

describe("Findings", () => {
  it("draws blank lines while it loads", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
  });
  it("says that nothing matches, and when that was checked", async () => {
    const html = await draw([list([]), count(0)]);
    expect(html).toContain("Không có phát hiện nào khớp bộ lọc");
    expect(html).toContain("Kiểm tra lần cuối");
  });
  it("shows the reason of a failure with a retry", async () => {
    const html = await draw([{ path: "/api/v1/findings", list: true, query: NONE, error: refused }]);
    expect(html).toContain("the disk is full");
    expect(html).toContain("Thử lại");
  });
  it("tells the true number of rows, not of those loaded", async () => {
    expect(await draw([list([finding], "more"), count(1_000_000)])).toContain('aria-rowcount="1000001"');
  });
  it("shows groups with hostile names as text, each leading to its findings", async () => {
    const html = await draw(
      [
        count(2),
        {
          path: "/api/v1/findings/groups",
          query: { ...NONE, by: "rule", limit: "1000" },
          data: { by: "rule", items: [{ value: "r1", title: "root <b>logged</b> in", example: finding.id, level: "high", findings: 2, events: 37, last_seen: finding.last_seen }] },
        },
      ],
      "/findings?by=rule",
    );
    expect(html).toContain("root &lt;b&gt;logged&lt;/b&gt; in");
    expect(html).toContain("rule=r1");
  });
  it("names groups by the Vietnamese titles of their rules, and by what there is without", async () => {
    const group = (value: string, title: string, more: object) => ({ value, title, ...more, example: value, level: "high", findings: 2, events: 3, last_seen: finding.last_seen });
    const items = [group("r1", "Ransom note", { title_vi: "Thư đòi tiền chuộc" }), group("r2", "Whoami Execution", {})];
    const html = await draw([count(4), { path: "/api/v1/findings/groups", query: { ...NONE, by: "rule", limit: "1000" }, data: { by: "rule", items } }], "/findings?by=rule");
    expect(html).toContain("Thư đòi tiền chuộc");
    expect(html).not.toContain("Ransom note");
    expect(html).toContain("Whoami Execution");
  });
  it("opens a group of one entity by one of its findings, so that two masked names stay two groups", async () => {
    const group = (example: string) => ({ value: "user:[masked]", title: "", example, level: "high", findings: 2, events: 3, last_seen: finding.last_seen });
    const html = await draw(
      [count(4), { path: "/api/v1/findings/groups", query: { ...NONE, by: "entity", limit: "1000" }, data: { by: "entity", items: [group("id-1"), group("id-2")] } }],
      "/findings?by=entity",
    );
    expect(html).toContain("like=id-1");
    expect(html).toContain("like=id-2");
  });
  it("asks for the chosen organisations, and for nothing that is no id", async () => {
    const scoped = { ...NONE, organisation: `${ROOT},${finding.id}` };
    const html = await draw(
      [
        { path: "/api/v1/findings", list: true, query: scoped, data: { items: [finding], next: null } },
        { path: "/api/v1/findings/count", query: scoped, data: { count: 7 } },
      ],
      `/findings?organisation=${ROOT},x,${finding.id},${ROOT}`,
    );
    expect(html).toContain('aria-rowcount="8"');
  });
});

describe("a finding", () => {
  const detail = (data: unknown, permissions?: string[]) =>
    drawn(
      FindingPage,
      "/findings/$id",
      `/findings/${finding.id}`,
      [
        { path: "/api/v1/findings/{id}", id: finding.id, data },
        {
          path: "/api/v1/findings/{id}/history",
          id: finding.id,
          data: { items: [{ time: "2026-11-27T20:10:00Z", actor: "user:thu.hang", action: "finding:mute", details: { reason: "quét định kỳ" } }] },
        },
      ],
      permissions,
    );
  it("answers five questions and never as markup", async () => {
    const html = await detail(finding);
    for (const words of ["Chuyện gì", "Chắc đến đâu", "Của ai", "Còn bao lâu", "Bước kế tiếp", "Sở Tài chính", "T1078"]) expect(html).toContain(words);
    expect(html).not.toContain("<b>logged</b>");
  });
  it("has the Vietnamese title of its rule everywhere on the page", async () => {
    const html = await detail({ ...finding, rule: { ...finding.rule, title: "Ransom note", title_vi: "Thư <b>đòi</b> tiền chuộc" } });
    expect(html).toMatch(/<h1>.*Thư &lt;b&gt;đòi&lt;\/b&gt; tiền chuộc.*<\/h1>/s);
    expect(html).not.toContain("Ransom note");
  });
  it("tells from the audit trail who did what and why", async () => {
    const html = await detail(finding);
    expect(html).toContain("thu.hang");
    expect(html).toContain("«quét định kỳ»");
  });
  it("has one primary button, the next step", async () => {
    expect((await detail(finding)).match(/btn pri/g)).toHaveLength(1);
    expect((await detail({ ...finding, state: "acknowledged" })).match(/btn pri/g)).toHaveLength(1);
  });
  it("offers nothing to who may only read", async () => {
    expect(await detail(finding, ["finding:read"])).not.toMatch(/btn pri|<kbd|class="kbd">M/);
  });
  it("says that names are masked, offers to show them to who may, and tells others whom to ask", async () => {
    const person = { ...finding, entity: "user:[masked]", masked: true };
    expect(await detail(person)).toMatch(/Tên người đang che.*Hiện với lý do…/s);
    const other = await detail(person, ["finding:read"]);
    expect(other).toContain("hỏi trưởng ca");
    expect(other).not.toContain("Hiện với lý do…");
    expect(await detail(finding)).not.toContain("Tên người đang che");
  });
});
