import { expect, test } from "vitest";
import { columnsText, readColumns, readLines } from "./profile_text";

test("what a person writes of columns is read back", () => {
  expect(readColumns("dia chi ip = victim\n\n c&c=c2 \na=b = seen")).toEqual({ columns: { "dia chi ip": "victim", "c&c": "c2", "a=b": "seen" } });
  expect(readColumns(columnsText({ ip: "victim", luc: "seen" }))).toEqual({ columns: { ip: "victim", luc: "seen" } });
});

test("a line that says nothing is named", () => {
  expect(readColumns("ip = victim\nip")).toEqual({ bad: 2 });
  expect(readColumns("ip = owner")).toEqual({ bad: 1 });
  expect(readColumns("= victim")).toEqual({ bad: 1 });
});

test("lines without blanks", () => {
  expect(readLines(" a \n\nb|c\n")).toEqual(["a", "b|c"]);
});
