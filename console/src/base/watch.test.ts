import { describe, expect, it } from "vitest";
import { rhythmOf, runsOf, watchOf } from "./watch";

describe("the rhythm of a source", () => {
  it("is one quarter for who speaks all the time", () => expect(rhythmOf([1, 2, 3, 1])).toBe(1));
  it("is the usual gap of who speaks now and then", () => expect(rhythmOf([1, 0, 0, 0, 1, 0, 0, 0, 1])).toBe(4));
  it("is none for who never spoke", () => expect(rhythmOf([0, 0])).toBe(0));
});

describe("the watch", () => {
  const steady = { name: "steady", counts: [5, 5, 5, 5, 5, 5] };
  it("is heard in full when all spoke", () => expect(watchOf([steady], 6, 0).map((quarter) => quarter.heard)).toEqual(["all", "all", "all", "all", "all", "all"]));
  it("misses who is silent for twice its rhythm, by name", () => {
    const watch = watchOf([steady, { name: "gone", counts: [5, 5, 5, 0, 0, 0] }], 6, 0);
    expect(watch.map((quarter) => quarter.heard)).toEqual(["all", "all", "all", "all", "some", "some"].slice(0, 5).concat(["some"]));
    expect(watch[4]).toMatchObject({ expected: 2, spoke: 1, missing: ["gone"] });
  });
  it("does not miss who is slow by nature", () => {
    expect(watchOf([{ name: "hourly", counts: [1, 0, 0, 0, 1, 0, 0, 0, 1] }], 9, 0).every((quarter) => quarter.heard === "all")).toBe(true);
  });
  it("says unknown for what was before the counting, and none where nobody was ever heard", () => {
    expect(watchOf([steady], 6, 4).map((quarter) => quarter.heard)).toEqual(["unknown", "unknown", "unknown", "unknown", "all", "all"]);
    expect(watchOf([], 2, 0).map((quarter) => quarter.heard)).toEqual(["none", "none"]);
  });
  it("joins neighbours", () =>
    expect(runsOf(watchOf([steady], 6, 4))).toEqual([
      { heard: "unknown", length: 4 },
      { heard: "all", length: 2 },
    ]));
});
