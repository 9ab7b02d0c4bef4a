import { describe, expect, it } from "vitest";
import { likeness } from "./find";
import { ruleTitleIn, titleWords } from "./rule_title";

const ours = { title: "Ransom note", title_vi: "Thư đòi tiền chuộc" };
const theirs = { title: "Whoami Execution" };

describe("the title of a rule", () => {
  it("is in the language of who reads", () => {
    expect(ruleTitleIn(ours, "vi")).toBe("Thư đòi tiền chuộc");
    expect(ruleTitleIn(ours, "en")).toBe("Ransom note");
  });
  it("is the one that there is when the rule has no Vietnamese one", () => {
    expect(ruleTitleIn(theirs, "vi")).toBe("Whoami Execution");
    expect(ruleTitleIn({ ...theirs, title_vi: "" }, "vi")).toBe("Whoami Execution");
  });
  it("is found by either, without accents", () => {
    for (const asked of ["thu doi", "đòi tiền", "ransom"]) expect(likeness(asked, titleWords(ours)), asked).toBeGreaterThan(0);
    expect(likeness("thu doi", titleWords(theirs))).toBe(0);
  });
});
