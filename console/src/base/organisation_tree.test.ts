import { describe, expect, it } from "vitest";
import { chosenAbove, toggledUnit, unitRows, type Unit } from "./organisation_tree";

const unit = (id: string, name: string, parent: string | null, ended: string | null = null): Unit => ({ id, name, parent, ended });
const UNITS = [
  unit("p", "Tỉnh Lam Khê", null),
  unit("t", "Sở Tài chính", "p"),
  unit("y", "Sở Y tế", "p"),
  unit("b", "Bệnh viện Đa khoa", "y"),
  unit("c", "Bệnh viện Phụ sản", "y"),
  unit("old", "Bệnh viện huyện Tân Khê", "y", "2025-06-30T00:00:00Z"),
  unit("z", "Đơn vị khác", "unseen"),
];
const by = new Map(UNITS.map((one) => [one.id, one]));
const names = (asked: string, open: string[], ended = false) =>
  unitRows(UNITS, { asked, open: new Set(open), ended }).map((row) => `${"  ".repeat(row.level - 1)}${row.unit.name} ${String(row.below)}`);

describe("the rows of the tree", () => {
  it("show the top alone while nothing is open, with how many are below", () => {
    expect(names("", [])).toEqual(["Đơn vị khác 0", "Tỉnh Lam Khê 4"]);
  });
  it("show what is open, in the order of names", () => {
    expect(names("", ["p", "y"])).toEqual(["Đơn vị khác 0", "Tỉnh Lam Khê 4", "  Sở Tài chính 0", "  Sở Y tế 2", "    Bệnh viện Đa khoa 0", "    Bệnh viện Phụ sản 0"]);
  });
  it("find without accents, with those above what was found", () => {
    expect(names("phu san", [])).toEqual(["Tỉnh Lam Khê 4", "  Sở Y tế 2", "    Bệnh viện Phụ sản 0"]);
    expect(names("xyz", [])).toEqual([]);
  });
  it("hold ended ones when asked to", () => {
    expect(names("tan khe", [])).toEqual([]);
    expect(names("tan khe", [], true)).toEqual(["Tỉnh Lam Khê 5", "  Sở Y tế 3", "    Bệnh viện huyện Tân Khê 0"]);
  });
  it("end when parents go round", () => {
    const loop = [unit("a", "a", "b"), unit("b", "b", "a")];
    expect(unitRows(loop, { asked: "a", open: new Set(), ended: false })).toEqual([]);
    expect(chosenAbove(new Map(loop.map((one) => [one.id, one])), new Set(["x"]), "a")).toBeUndefined();
  });
});

describe("a choice", () => {
  it("holds what is below it", () => {
    expect(chosenAbove(by, new Set(["p"]), "b")).toBe("p");
    expect(chosenAbove(by, new Set(["t"]), "b")).toBeUndefined();
  });
  it("of one above takes the place of those below", () => {
    expect([...toggledUnit(by, new Set(["b", "t"]), "y")].sort()).toEqual(["t", "y"]);
  });
  it("of one below a chosen one changes nothing", () => {
    expect([...toggledUnit(by, new Set(["y"]), "b")]).toEqual(["y"]);
  });
  it("is taken back by the same", () => {
    expect([...toggledUnit(by, new Set(["y", "t"]), "y")]).toEqual(["t"]);
  });
});
