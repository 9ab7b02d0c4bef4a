import { describe, expect, it } from "vitest";
import { found, likeness } from "./find";

describe("finding by a few letters", () => {
  it("needs no accents and no capitals", () => {
    expect(likeness("so tai chinh", "Sở Tài chính Lam Khê")).toBe(5);
    expect(likeness("duong", "Đường")).toBe(5);
  });
  it("knows beginnings of words, initials, parts and scattered words", () => {
    expect(likeness("tai", "Sở Tài chính")).toBe(4);
    expect(likeness("stc", "Sở Tài chính")).toBe(3);
    expect(likeness("hinh", "Sở Tài chính")).toBe(2);
    expect(likeness("chinh so", "Sở Tài chính")).toBe(1);
    expect(likeness("xyz", "Sở Tài chính")).toBe(0);
  });
  it("finds an identifier by its part", () => expect(likeness("0190-ab", "F 0190-ab12")).toBeGreaterThan(0));
  it("puts the best first and keeps the order of equals", () => expect(found("b", ["ab", "b1", "b2", "c"], (text) => text, 2)).toEqual(["b1", "b2"]));
});
