import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listSentences, sayReading } from "./list_sentence_messages";

const folder = new URL("../../../src/lists/", import.meta.url).pathname;
const source = readdirSync(folder)
  .filter((name) => name.endsWith(".cpp") && !name.endsWith("_test.cpp"))
  .map((name) => readFileSync(`${folder}/${name}`, "utf8"))
  .join("\n")
  .replaceAll('\\"', '"');

describe("sentences of the reader of lists", () => {
  it.each(listSentences.map(([english]) => english))("%s is what the program says", (english) => {
    const lacking = english.split(/["{}]+/).filter((piece) => !source.includes(piece.trim()));
    expect(lacking).toEqual([]);
  });
  it("take what they name along, and are all in Vietnamese", () => {
    expect(sayReading("5 of 6 values could be ports", "vi")).toBe("5 trong 6 giá trị có thể là cổng");
    expect(sayReading("5 of 6 values could be ports", "en")).toBe("5 of 6 values could be ports");
    for (const [english, vietnamese] of listSentences) expect(vietnamese.match(/\{\d\}/g)?.length ?? 0).toBeLessThanOrEqual(english.split("{}").length - 1);
  });
  it("are told in parts where they stand in parts, and as they came when nobody knows them", () => {
    expect(sayReading("5 of 6 values are times; the header has its word", "vi")).toBe("5 trong 6 giá trị là thời điểm; tiêu đề có từ chỉ nó");
    expect(sayReading("which comes first in dates, the day or the month? 0 dates have a first number above 12, 0 a second one", "vi")).toBe("0 ngày có số đầu trên 12, 0 ngày có số thứ hai trên 12");
    expect(sayReading("the moon is full", "vi")).toBe("the moon is full");
  });
  it("let what a stranger wrote stay as it is", () => {
    expect(sayReading('the sheet "$1 {1}" is hidden', "vi")).toBe("trang tính «$1 {1}» bị ẩn");
  });
});
