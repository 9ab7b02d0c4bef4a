import { describe, expect, it } from "vitest";
import { sayReason } from "./reason";

describe("Reasons of the server", () => {
  it("are told by their code in the language of the console", () => {
    const told = { text: "too many failed sign-ins; try again in 30 seconds", code: "sign-in-pause", values: ["30"] };
    expect(sayReason(told, "vi")).toBe("Đăng nhập sai quá nhiều lần; thử lại sau 30 giây");
    expect(sayReason(told, "en")).toBe("Too many failed sign-ins; try again in 30 seconds");
  });
  it("are told as they came when the code is missing or unknown, and with what stands in them when it is hostile", () => {
    expect(sayReason({ text: "something new" }, "vi")).toBe("something new");
    expect(sayReason({ text: "something new", code: "of-a-newer-server" }, "vi")).toBe("something new");
    expect(sayReason({ text: "something new", code: "toString" }, "vi")).toBe("something new");
    expect(sayReason({ text: "x", code: "mail-address", values: ["$1{1}<b>"] }, "vi")).toBe("$1{1}<b> không phải địa chỉ thư");
    expect(sayReason({ text: "x", code: "mail-address", values: "no list" }, "vi")).toBe("{1} không phải địa chỉ thư");
  });
});
