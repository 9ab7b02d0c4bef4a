import { describe, expect, it } from "vitest";
import { answered, columnOf, plainName, withRole } from "./list_choices";

const reading = {
  columns: [
    { header: "Địa chỉ IP", key: "dia chi ip" },
    { header: "Loại KN", key: "loai kn" },
    { header: "Loại KN", key: "loai kn 2" },
  ],
};

describe("answers about a list", () => {
  it("go where the API takes them", () => {
    expect(answered({}, "encoding", "tcvn3", reading)).toEqual({ encoding: "tcvn3" });
    expect(answered({}, "zone", "UTC", reading)).toEqual({ zone: "UTC" });
    expect(answered({}, "date-order", "day-first", reading)).toEqual({ date_order: "day-first" });
    expect(answered({}, "column:loai kn", "protocol", reading)).toEqual({ columns: { "loai kn": "protocol" } });
    expect(answered({}, "column:Địa chỉ IP", "victim", reading)).toEqual({ columns: { "dia chi ip": "victim" } });
    expect(answered({}, "victim", "dia chi ip", reading)).toEqual({ columns: { "dia chi ip": "victim" } });
    expect(answered({}, "header", "3", reading)).toEqual({ header_line: 3 });
  });
  it("stay beside each other, and a later one goes before", () => {
    const first = withRole({ zone: "UTC" }, "loai kn", "protocol");
    expect(withRole(first, "loai kn", "report")).toEqual({ zone: "UTC", columns: { "loai kn": "report" } });
    expect(first.columns).toEqual({ "loai kn": "protocol" });
  });
  it("of columns are forgotten with the sheet or the header line that they belong to", () => {
    const before = { columns: { "loai kn": "protocol" }, zone: "UTC" };
    expect(answered(before, "sheet", "T11", reading)).toEqual({ zone: "UTC", sheet: "T11" });
    expect(answered(before, "header", "0", reading)).toEqual({ zone: "UTC", header_line: 0 });
  });
  it("to what is not known change nothing", () => {
    expect(answered({ zone: "UTC" }, "weather", "rain", reading)).toEqual({ zone: "UTC" });
    expect(answered({}, "column:nobody", "victim", reading)).toEqual({});
  });
  it("name a column by its key before its header", () => {
    expect(columnOf("column:loai kn 2", reading.columns)?.key).toBe("loai kn 2");
    expect(columnOf("column:Loại KN", reading.columns)?.key).toBe("loai kn");
    expect(columnOf("zone", reading.columns)).toBeUndefined();
  });
});

describe("the name of a profile", () => {
  it("is what the server takes", () => {
    expect(plainName("TTĐP2 hằng tháng")).toBe("ttdp2-hang-thang");
    expect(plainName("  Cục A05, bản 4! ")).toBe("cuc-a05-ban-4");
    expect(plainName("…")).toBe("");
    expect(plainName("x".repeat(80))).toHaveLength(64);
  });
});
