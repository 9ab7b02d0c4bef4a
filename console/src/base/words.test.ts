import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { messages } from "./messages";

const MARKS = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùý]/i;
// The same word in both languages: names, units and words that the field itself uses.
const SAME = new Set([
  "app.name",
  "app.zone",
  "me.vi",
  "me.en",
  "attack.title",
  "palette.english",
  "palette.vietnamese",
  "setup.curl",
  "setup.winlogbeat",
  "setup.filebeat",
  "setup.vector",
  "setup.fluentbit",
  "setup.otel",
]);

const root = new URL("..", import.meta.url).pathname;
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.|messages|testing|\.gen\./.test(name))
  .map((name) => ({ name, text: readFileSync(`${root}/${name}`, "utf8") }));

describe("no string is untranslated", () => {
  it.each(Object.entries(messages))("%s is English in English", (key, [vi, en]) => {
    if (SAME.has(key)) return;
    expect(MARKS.test(en), en).toBe(false);
    if (MARKS.test(vi)) expect(en).not.toBe(vi);
  });

  it("no word of Vietnamese stands in the code outside of the table", () => {
    for (const { name, text } of sources) {
      if (/base\/(time|search_messages|console_messages|messages|query_text|query_errors|field_titles)\.ts$/.test(name) || name.startsWith("pages/gallery/")) continue;
      const lines = text.split("\n").filter((line) => MARKS.test(line.replace(/\/\/.*$/, "")) && /["'`>]/.test(line) && !/\/\[.*\]\/|RegExp|replace\(/.test(line));
      expect(lines, name).toEqual([]);
    }
  });

  it("no word of the table is left that nobody says", () => {
    const all = sources.map((source) => source.text).join("\n");
    const templates = [...all.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map(([, start]) => start ?? "");
    const unsaid = Object.keys(messages).filter(
      (key) =>
        !all.includes(`"${key}"`) &&
        !templates.some((start) => key.startsWith(start)) &&
        !/^(level|state|role|theme|density|setup|by|col|keys|first|account|deed|backup|search|range|field|query)\./.test(key),
    );
    expect(unsaid).toEqual([]);
  });
});
