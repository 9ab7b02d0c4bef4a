import { describe, expect, it } from "vitest";
import { bytesBefore, conditionsOf, exactly, fieldAndValue, hasAlternatives, indexOfByte, inverted, nameOf, OWN, soughtIn, withCondition, without } from "./query_text";

const texts = (query: string) => conditionsOf(query).map((bubble) => `${bubble.negated ? "!" : ""}${bubble.bare}`);

describe("places in a query", () => {
  it("are bytes for the server and UTF-16 for the browser", () => {
    expect(bytesBefore("thủ đô 🜁x", 9)).toBe(15);
    expect(indexOfByte("thủ đô 🜁x", 15)).toBe(9);
  });
});

describe("conditions of a query", () => {
  it.each([
    ["source.ip:203.0.113.0/24 event.code:4688", ["source.ip:203.0.113.0/24", "event.code:4688"]],
    ['"two words" AND NOT user.name:SYSTEM', ['"two words"', "!user.name:SYSTEM"]],
    ["-a !b NOT NOT c", ["!a", "!b", "c"]],
    ["port:[1 TO 1024] x:{1 TO 5} k:[a, b] && (a OR b)", ["port:[1 TO 1024]", "x:{1 TO 5}", "k:[a, b]", "(a OR b)"]],
    ["a OR b c", ["a OR b c"]],
    ['a:"x OR y" z', ['a:"x OR y"', "z"]],
    ["NOT (a OR b) c", ["!(a OR b)", "c"]],
    ["bytes:> 500 next", ["bytes:> 500", "next"]],
    ['k:"a \\" b" d', ['k:"a \\" b"', "d"]],
    ["ORDER ANDY NOTE", ["ORDER", "ANDY", "NOTE"]],
    ["", []],
  ])("%s", (query, expected) => {
    expect(texts(query)).toEqual(expected);
  });
  it("cover the text that they stand for", () => {
    const query = "  a AND  NOT b:c ";
    expect(conditionsOf(query).map(({ start, end }) => query.slice(start, end))).toEqual(["a", "NOT b:c"]);
  });
});

describe("alternatives", () => {
  it.each([
    ["a OR b", true],
    ["(a OR b)", false],
    ['"a OR b"', false],
    ["a b", false],
    ["a || b", true],
    ["x:(a OR b)", false],
    ["ORDER b", false],
  ])("%s: %s", (query, has) => {
    expect(hasAlternatives(query)).toBe(has);
  });
});

describe("a value taken alone or left out", () => {
  it("goes behind what is there", () => {
    expect(withCondition("a", "b:c", false)).toBe("a b:c");
  });
  it("left out, it gets its NOT", () => {
    expect(withCondition("", "b:c", true)).toBe("NOT b:c");
  });
  it("does not fall into alternatives", () => {
    expect(withCondition("a OR b", "c:d", false)).toBe("(a OR b) c:d");
  });
  it("stands once", () => {
    expect(withCondition("b:c a", "b:c", false)).toBe("b:c a");
  });
  it("takes the place of its opposite", () => {
    expect(withCondition("a NOT b:c", "b:c", false)).toBe("a b:c");
  });
});

describe("a condition removed or turned round", () => {
  const at = (query: string, index: number) => {
    const bubble = conditionsOf(query)[index];
    if (!bubble) throw new Error("no such condition");
    return bubble;
  };
  it("takes its AND with it", () => {
    expect(without("a AND b AND c", at("a AND b AND c", 1))).toBe("a c");
    expect(without("a AND b", at("a AND b", 0))).toBe("b");
    expect(without("a AND NOT b", at("a AND NOT b", 1))).toBe("a");
  });
  it("loses or gets its NOT", () => {
    expect(inverted("a NOT b:c", at("a NOT b:c", 1))).toBe("a b:c");
    expect(inverted("a -b", at("a -b", 1))).toBe("a b");
    expect(inverted("a OR b", at("a OR b", 0))).toBe("NOT (a OR b)");
  });
});

describe("what is written for a value", () => {
  it("quotes all but numbers and addresses, with quotes and backslashes escaped", () => {
    expect(exactly("event.code", "4688")).toBe("event.code:4688");
    expect(exactly("source.ip", "2001:db8::7")).toBe("source.ip:2001:db8::7");
    expect(exactly("Image", 'C:\\a "b"')).toBe('Image:"C:\\\\a \\"b\\""');
  });
  it("quotes names that would mean something else", () => {
    expect(nameOf("user.name")).toBe("user.name");
    expect(nameOf("source")).toBe('"source"');
    expect(nameOf(`${OWN}source`)).toBe("source");
    expect(nameOf('a b"c')).toBe('"a b\\"c"');
  });
  it("is read back as it was", () => {
    const [bubble] = conditionsOf(exactly("odd name", 'C:\\a "b"'));
    expect(bubble && fieldAndValue(bubble)).toEqual({ field: "odd name", value: 'C:\\a "b"' });
  });
});

it("marks what is asked for, not what is left out or a pattern", () => {
  expect(soughtIn('source.ip:192.0.2.7 NOT a:b mimi* "two words"')).toEqual([
    { field: "source.ip", value: "192.0.2.7" },
    { field: "", value: "two words" },
  ]);
});
