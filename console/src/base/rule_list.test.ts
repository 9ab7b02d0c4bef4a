import { describe, expect, it } from "vitest";
import { chosenRules, sourceText, techniqueOf, type Listed } from "./rule_list";
import { idOf, newId, ruleTemplate, withId } from "./rule_template";

const rule = (id: string, more: Partial<Listed> = {}): Listed => ({
  id,
  title: `Rule ${id}`,
  level: "medium",
  kind: "sigma",
  author: "An",
  tags: [],
  log_source: { product: "linux", category: "", service: "sshd" },
  pack: "",
  off: false,
  ...more,
});
const any = { q: "", level: "", kind: "", pack: "", state: "", found: "", sort: "" };
const vi = "vi";
const ids = (rules: readonly Listed[]) => rules.map((one) => one.id).join("");
const told = new Map([
  ["a", { findings: 3, closed_false: 0, muted: 1 }],
  ["b", { findings: 9, closed_false: 2, muted: 0 }],
]);
const rules = [
  rule("a", { title: "Đăng nhập lạ", level: "low", tags: ["attack.t1110.001", "attack.credential-access"] }),
  rule("b", { title: "Web shell", level: "critical", pack: "sigmahq", kind: "correlation" }),
  rule("c", { title: "Cron", off: true, log_source: { product: "windows", category: "process_creation", service: "" } }),
];

describe("the list of rules", () => {
  it("finds words without accents in title, technique, log source and author", () => {
    expect(ids(chosenRules(rules, told, { ...any, q: "dang nhap" }, vi))).toBe("a");
    expect(ids(chosenRules(rules, told, { ...any, q: "T1110" }, vi))).toBe("a");
    expect(ids(chosenRules(rules, told, { ...any, q: "windows process" }, vi))).toBe("c");
    expect(ids(chosenRules(rules, told, { ...any, q: "no such" }, vi))).toBe("");
  });
  it("keeps by level, kind, pack, state and findings", () => {
    expect(ids(chosenRules(rules, told, { ...any, level: "critical" }, vi))).toBe("b");
    expect(ids(chosenRules(rules, told, { ...any, kind: "correlation" }, vi))).toBe("b");
    expect(ids(chosenRules(rules, told, { ...any, pack: "-" }, vi))).toBe("ca");
    expect(ids(chosenRules(rules, told, { ...any, state: "off" }, vi))).toBe("c");
    expect(ids(chosenRules(rules, told, { ...any, found: "no" }, vi))).toBe("c");
    expect(ids(chosenRules(rules, told, { ...any, found: "false" }, vi))).toBe("b");
  });
  it("sorts by level without a wish, else by what is wished", () => {
    expect(ids(chosenRules(rules, told, any, vi))).toBe("bca");
    expect(ids(chosenRules(rules, told, { ...any, sort: "muted" }, vi))).toBe("acb");
    expect(ids(chosenRules(rules, told, { ...any, sort: "findings" }, vi))).toBe("bac");
    // By the title that is read; Vietnamese: C, Đ, W.
    expect(ids(chosenRules(rules, told, { ...any, sort: "title" }, vi))).toBe("cab");
  });
  it("finds and sorts by the title of either language", () => {
    const both = [rule("x", { title: "Zebra", title_vi: "Ăng-ten" }), rule("y", { title: "Alarm" })];
    expect(ids(chosenRules(both, told, { ...any, sort: "title" }, "vi"))).toBe("yx");
    expect(ids(chosenRules([...both, rule("z", { title: "Beta" })], told, { ...any, sort: "title" }, "vi"))).toBe("yxz");
    expect(ids(chosenRules([...both, rule("z", { title: "Beta" })], told, { ...any, sort: "title" }, "en"))).toBe("yzx");
    expect(ids(chosenRules(both, told, { ...any, q: "ang-ten" }, "en"))).toBe("x");
    expect(ids(chosenRules(both, told, { ...any, q: "zebra" }, "vi"))).toBe("x");
  });
  it("reads techniques out of tags", () => {
    expect(techniqueOf("attack.t1059.001")).toBe("T1059.001");
    expect(techniqueOf("attack.g0016")).toBe("G0016");
    expect(techniqueOf("attack.execution")).toBe("");
    expect(techniqueOf("cve.2021-44228")).toBe("");
    expect(sourceText({ product: "windows", category: "", service: "security" })).toBe("windows / security");
  });
});

describe("a rule's id", () => {
  it("is a UUID of version 4", () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId()).not.toBe(newId());
  });
  it("is read and written in the text, where it stands or behind the title", () => {
    expect(idOf("title: T\nid: 'AB-1' # mine\n")).toBe("ab-1");
    expect(idOf("title: T\nrelated:\n  - id: other\n")).toBe("");
    expect(withId("title: T\nid: old\nlevel: low\n", "new")).toBe("title: T\nid: new\nlevel: low\n");
    expect(withId("title: $& T\nlevel: low\n", "new")).toBe("title: $& T\nid: new\nlevel: low\n");
    expect(withId("level: low\n", "new")).toBe("id: new\nlevel: low\n");
  });
  it("stands in the template, and a strange name of an account breaks nothing", () => {
    expect(idOf(ruleTemplate("x-1", "an", "2026-01-01"))).toBe("x-1");
    expect(ruleTemplate("x", 'a: "b"\nc', "2026-01-01")).toContain('author: "a: \\"b\\"\\nc"\n');
  });
});
