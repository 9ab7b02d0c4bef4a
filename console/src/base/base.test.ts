import { describe, expect, it } from "vitest";
import { escapeText, piecesOf, textOfBytes, textOfValue } from "./hostile";
import { messages, translate } from "./messages";
import { formatBytes, formatNumber } from "./numbers";
import { conditionLines, conditionText } from "./rule_text";
import { formatDate, formatSpan, formatTime, formatWeekday } from "./time";

describe("the message table", () => {
  it("has both languages for every key, with the same places to fill", () => {
    const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, [vi, en]] of Object.entries(messages)) {
      expect(vi.trim(), key).not.toBe("");
      expect(en.trim(), key).not.toBe("");
      expect(holes(vi), key).toEqual(holes(en));
      expect(vi, key).toBe(vi.normalize("NFC"));
    }
  });
  it("fills places", () => expect(translate("vi", "now.heard", { n: 41, m: 43 })).toBe("41/43 nguồn đang nghe"));
});

describe("numbers and times", () => {
  it("groups by dot in Vietnamese and by comma in English", () => {
    expect(formatNumber(517627, "vi")).toBe("517.627");
    expect(formatNumber(517627, "en")).toBe("517,627");
    expect(formatNumber(12.5, "vi", 1)).toBe("12,5");
    expect(formatNumber(999, "vi")).toBe("999");
  });
  it("writes bytes with a decimal comma and a hard space", () => expect(formatBytes(1200, "vi")).toBe("1,2\u00a0kB"));
  it("shows dd/mm/yyyy, 24 hours, GMT+7, over midnight", () => {
    expect(formatTime("2026-11-27T20:07:05Z")).toBe("28/11/2026 03:07:05");
    expect(formatDate("2026-12-31T17:00:00Z")).toBe("01/01/2027");
    expect(formatWeekday("2026-11-27T20:07:05Z", "vi")).toBe("Thứ Bảy");
  });
  it("says spans in the two largest units", () => {
    expect(formatSpan(45_000, "vi")).toBe("45\u00a0giây");
    expect(formatSpan(22 * 60_000, "vi")).toBe("22\u00a0ph");
    expect(formatSpan((4 * 60 + 30) * 60_000, "vi")).toBe("4\u00a0g 30\u00a0ph");
    expect(formatSpan((4 * 60 + 30) * 60_000, "en")).toBe("4\u00a0h 30\u00a0min");
    expect(formatSpan(51 * 3600_000, "vi")).toBe("2\u00a0ng 3\u00a0g");
  });
});

describe("hostile text", () => {
  it("shows control and bidirectional characters as escapes", () => {
    expect(escapeText("a\u001b[31mb")).toBe("a\\x1b[31mb");
    expect(escapeText("invoice\u202Efdp.exe")).toBe("invoiceU+202Efdp.exe");
    expect(escapeText("a\u0000b\u200bc\u2066d")).toBe("a\\x00bU+200BcU+2066d");
  });
  it("leaves markup as the text it is", () => expect(piecesOf("<script>alert(1)</script>")).toEqual([{ text: "<script>alert(1)</script>", escaped: false }]));
  it("composes Vietnamese letters", () => expect(escapeText("Vo\u0323ng")).toBe("Vọng"));
  it("keeps bytes that are not UTF-8 visible", () => expect(textOfBytes(btoa("a\xff\xfeb"))).toBe("a\\xff\\xfeb"));
  it("says lists and objects as text", () => expect(textOfValue(["a", 1, { b: 2 }])).toBe('a, 1, {"b":2}'));
});

describe("the condition of a rule", () => {
  const rule =
    "title: x\nfields:\n  - user.name\ndetection:\n  root:\n    user.name:\n      - root\n      - toor\n  login:\n    auth_method|startswith: password\n  condition: root and login\nlevel: high\n";
  it("is found with the lines below it", () => expect(conditionLines(rule, "user.name")).toEqual([5, 6, 7]));
  it("is found with modifiers", () => expect(conditionLines(rule, "auth_method")).toEqual([9]));
  it("is told on one line, a list's values with commas", () => {
    expect(conditionText(["    user.name:", "      - root", "      - toor"])).toBe("user.name: root, toor");
    expect(conditionText(["  - event.action: ssh_login"])).toBe("event.action: ssh_login");
    expect(conditionText([])).toBe("");
  });
  it("is empty for a field that the rule does not ask for", () => expect(conditionLines(rule, "source.ip")).toEqual([]));
});
