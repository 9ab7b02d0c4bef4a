import { describe, expect, it } from "vitest";
import { drawn, refused, ROOT, type Standing } from "../testing";
import { Page as CoveragePage } from "./CoveragePage";
import { conditionOf } from "./CorrelationGroups";
import { Page as EditorPage } from "./EditorPage";
import { Page as PacksPage } from "./PacksPage";
import { Page as RulePage } from "./RulePage";
import { Page } from "./RulesPage";

const ID = "6f8bb8b4-6d33-4e8d-9f5c-0d3a6f1f0a11";
const rule = {
  id: ID,
  title: "Đăng nhập <b>root</b>",
  level: "high",
  kind: "sigma",
  status: "test",
  author: "Nguyễn An",
  license: "DRL-1.1",
  tags: ["attack.initial-access", "attack.t1078"],
  log_source: { product: "linux", category: "", service: "sshd" },
  pack: "sigmahq",
  off: false,
  file: "pack sigmahq: a.yml",
  text: "title: T\nlevel: high\n",
};
const card = { rule: ID, title: "T", author: "", level: "high", in_force: true, findings: 7, events: 40, open: 2, muted: 3, closed: 5, closed_false: 4, last_seen: "2026-11-27T20:07:05Z" };
const all = (rules: unknown[]): Standing => ({ path: "", key: ["/api/v1/rules", "all"], data: rules });
const cards: Standing = { path: "", key: ["/api/v1/rules/scorecards", "all"], data: [card] };
const list = (standing: Standing[], address = "/rules", permissions?: string[]) => drawn(Page, "/rules", address, standing, permissions);
const TUNE = ["rule:read", "rule:tune", "finding:read", "event:read"];

describe("Rules", () => {
  it("draws blank lines while it loads, the reason of a failure, and what to do when there is none", async () => {
    expect(await list([])).toContain('aria-busy="true"');
    expect(await list([{ path: "", key: ["/api/v1/rules", "all"], error: refused }])).toContain("the disk is full");
    expect(await list([all([])])).toContain("vonggac rule import");
  });
  it("tells level, source, pack, findings, false alarms and mutes; what a stranger wrote stays text", async () => {
    const html = await list([all([rule]), cards], "/rules", TUNE);
    for (const words of ["Cao", "linux / sshd", "sigmahq", "Nguyễn An", ">7<", ">4<", ">3<", "đang dùng", "Tắt quy tắc"]) expect(html).toContain(words);
    expect(html).not.toContain("<b>root");
  });
  it("tells what asking a rule costs to whom the node tells it, and sorts by it", async () => {
    const two = [rule, { ...rule, id: "2", title: "Đắt nhất" }];
    const dear = [
      { ...card, measured: 2048, microseconds_per_event: 1.254 },
      { ...card, rule: "2", measured: 12, microseconds_per_event: 37.5 },
    ];
    const html = await list([all(two), { ...cards, data: dear }], "/rules?sort=cost");
    for (const words of ["µs mỗi sự kiện", ">1,25<", "đo trên 2.048 sự kiện", ">38<"]) expect(html).toContain(words);
    expect(html.indexOf("Đắt nhất")).toBeLessThan(html.indexOf("root"));
    expect(await list([all(two), cards])).not.toContain("chưa đo");
  });
  it("offers no switch to who may not tune", async () => {
    expect(await list([all([rule]), cards], "/rules", ["rule:read", "finding:read"])).not.toContain("Tắt quy tắc");
  });
  it("filters by what the address says", async () => {
    const two = [rule, { ...rule, id: "2", title: "Tắt rồi", off: true }];
    const off = await list([all(two), cards], "/rules?state=off&q=tat");
    expect(off).toContain("Tắt rồi");
    expect(off).toContain("1 trong 2 quy tắc");
    expect(await list([all(two), cards], "/rules?level=low")).toContain("Không quy tắc nào khớp bộ lọc");
  });
});

const lint: Standing = {
  path: "",
  key: ["/api/v1/rules/lint", "rule", rule.text],
  data: {
    items: [{ type: "warning", check: "unused-part", file: rule.file, line: 2, rule: ID, title: "T", reason: "not used", reason_vi: "không dùng đến", remedy: "take it out", remedy_vi: "bỏ nó đi" }],
    fields: "seen",
  },
};
const one = (standing: Standing[], permissions?: string[]) =>
  drawn(
    RulePage,
    "/rules/$id",
    `/rules/${ID}`,
    [lint, cards, { path: "", key: ["/api/v1/rule-tunings", "all"], data: [{ rule: ID, reason: "ồn", made: "2026-11-27T20:07:05Z" }] }, ...standing],
    permissions,
  );
const shown = (more: object = {}): Standing => ({ path: "/api/v1/rules/{id}", id: ID, data: { ...rule, ...more } });

describe("Rule", () => {
  it("shows text, author, licence, ATT&CK, score and remarks by line", async () => {
    const html = await one([shown()], TUNE);
    for (const words of ["Nguyễn An", "DRL-1.1", "T1078", "Xâm nhập ban đầu", "không dùng đến", "dòng 2", "báo động giả: 4", "Xem các phát hiện", "Chạy thử"]) expect(html).toContain(words);
    expect(html).toContain('<span class="warning">2</span>');
  });
  it("lists the cases that stand beside it, with a button that runs them", async () => {
    const cases = (items: unknown[]): Standing => ({ path: "/api/v1/rules/{id}/cases", id: ID, data: { rule: ID, origin: "attack: recorded; sshd", items, left_out: 2 } });
    const html = await one(
      [
        shown(),
        cases([
          { name: "attack.log", attack: true, bytes: 120, text: "<b>Accepted", cut: true },
          { name: "benign.log", attack: false, bytes: 80, text: "Failed", cut: false },
        ]),
      ],
      TUNE,
    );
    for (const words of ["Chạy các ca", "attack.log", "tấn công", "benign.log", "lành", "Chỉ hiện phần đầu", "Bản ghi từ đâu", "attack: recorded; sshd", "2 tệp sau đó"]) expect(html).toContain(words);
    expect(html).not.toContain("<b>Accepted");
    expect(await one([shown(), cases([])], TUNE)).toContain("Không có ca nào đi cùng quy tắc này");
  });
  it("says since when and why it is off, and offers to switch it on", async () => {
    const html = await one([shown({ off: true })], TUNE);
    expect(html).toContain("Đã tắt từ 28/11/2026 03:07:05, vì: ồn");
    expect(html).toContain("Bật quy tắc");
  });
  it("takes back only what people here wrote", async () => {
    expect(await one([shown()], [...TUNE, "rule:write"])).not.toContain("Bỏ quy tắc tự viết");
    expect(await one([shown({ pack: "own" })], [...TUNE, "rule:write"])).toContain("Bỏ quy tắc tự viết");
    expect(await one([shown({ pack: "own" })], TUNE)).not.toContain("Bỏ quy tắc tự viết");
  });
  it("shows how far the groups of a correlation are", async () => {
    const group = {
      organisation: ROOT,
      group: { "user.name": "binh" },
      masked: false,
      type: "event_count",
      condition: ["gte 10"],
      timespan_seconds: 3600,
      value: 7,
      at_least: false,
      holds: false,
      newest: "2026-11-27T20:07:05Z",
      ends: "2026-11-27T21:07:05Z",
      seconds_left: 1500,
      event_count: 7,
      events: [{ id: `${ID}:3`, occurred: "2026-11-27T20:07:05Z" }],
    };
    const key = ["/api/v1/correlations/{rule}/groups", "list", ID, {}];
    const html = await one([shown({ kind: "correlation" }), { path: "", key, data: { pages: [{ items: [group], next: null }], pageParams: [""] } }], [...TUNE, "correlation:read"]);
    for (const words of ["user.name: binh", "≥ 10", "25\u00a0ph", "7 sự kiện"]) expect(html).toContain(words);
    expect(conditionOf("lt 5")).toBe("< 5");
  });
});

describe("Editor", () => {
  it("offers saving to who may write rules, and says who may to others", async () => {
    expect(await drawn(EditorPage, "/rules/edit", "/rules/edit", [], ["rule:read", "rule:write", "event:read"])).toContain("Lưu và dùng");
    const html = await drawn(EditorPage, "/rules/edit", "/rules/edit", [], ["rule:read"]);
    expect(html).not.toContain("Lưu và dùng");
    expect(html).toContain("rule:write");
  });
});

describe("Coverage", () => {
  const coverage = {
    days: 30,
    whole: false,
    rules: 9,
    rules_without_technique: 1,
    techniques: [
      { technique: "T1078", tactics: ["initial-access", "persistence"], rules: 3, fed: 0, levels: { high: 3 } },
      { technique: "T1110", tactics: ["credential-access"], rules: 4, fed: 2, levels: { high: 4 } },
    ],
    without_source: [{ product: "windows", category: "process_creation", service: "", rules: 3, examples: ["Ví dụ một"] }],
    sources: [
      { id: "1", name: "printer", events: 12, log_sources: ["-/-/cups"], rules: 0 },
      { id: "2", name: "web-01", events: 200, log_sources: ["linux/-/sshd"], rules: 4 },
      { id: "3", name: "fw", events: 0, log_sources: [], rules: 0 },
    ],
  };
  it("tells techniques by tactic, rules without a source and sources that feed none", async () => {
    const html = await drawn(CoveragePage, "/rules/coverage", "/rules/coverage", [{ path: "/api/v1/rules/coverage", query: { days: "30" }, data: coverage }]);
    expect(html.match(/>T1078</g)).toHaveLength(2); // under both of its tactics
    for (const words of ["T1110: 4 quy tắc, 2 có nguồn cấp", "windows / process_creation", "Ví dụ một", "printer", "không có sự kiện nào trong 30 ngày", "Chưa xét hết các nguồn"])
      expect(html).toContain(words);
    expect(html).not.toContain("web-01");
  });
});

describe("Packs", () => {
  it("says that none is installed, and lists those that are", async () => {
    const packs = (items: unknown[]): Standing => ({ path: "/api/v1/rule-packs", list: true, data: { items, next: null } });
    expect(await drawn(PacksPage, "/rules/packs", "/rules/packs", [packs([])])).toContain("Chưa cài gói nào");
    const html = await drawn(PacksPage, "/rules/packs", "/rules/packs", [packs([{ name: "own", version: "v1", licence: "", source: "console", sha256: "", files: 1, rules: 12, installed: null }])]);
    expect(html).toContain("tự viết");
    expect(html).toContain(">12<");
  });
});
