import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// Recomputes the contrast of each pair by the formula of WCAG 2.2 (relative luminance), from the token table itself.
const text = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function themes(): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [, selector = "", body = ""] of text.matchAll(/:root(\[data-theme="\w+"\])?\s*\{([^}]*)\}/g))
    found.set(/"(\w+)"/.exec(selector)?.[1] ?? "light", new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9A-Fa-f]{6})/g)].map(([, name = "", value = ""]) => [name, value])));
  return found;
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const TEXTS = ["text", "text-2", "text-3", "accent", "crit", "high", "med", "low", "info", "ok", "unk"];
const TINTED = ["crit", "high", "med", "low", "info", "ok", "unk"];
const PAIRS: [string, string, number][] = [
  ...TEXTS.flatMap((name): [string, string, number][] => [
    [name, "surface", 4.5],
    [name, "sunk", 4.5],
  ]),
  ...TINTED.map((name): [string, string, number] => [name, `${name}-bg`, 4.5]),
  ["text", "sel", 4.5],
  ["text-3", "sel", 4.5],
  ["text", "mark", 4.5],
  ["on-accent", "accent-fill", 4.5],
  ["on-crit", "crit-fill", 4.5],
  ["ctl", "surface", 3],
  ["seen", "surface", 3],
  ["focus", "surface", 3],
];

describe("the formula", () => {
  it("gives 21 for black on white", () => {
    expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21, 5);
  });
  it("gives 4.48 for #777777 on white", () => {
    expect(contrast("#777777", "#FFFFFF")).toBeCloseTo(4.48, 2);
  });
});

describe.each([...themes()])("the theme %s", (_, tokens) => {
  it.each(PAIRS)("has enough contrast: %s on %s", (front, back, least) => {
    const [one, other] = [tokens.get(front), tokens.get(back)];
    expect(one && other ? contrast(one, other) : 0).toBeGreaterThanOrEqual(least);
  });
});

it("has three themes", () => {
  expect([...themes().keys()]).toEqual(["light", "dark", "hc"]);
});
