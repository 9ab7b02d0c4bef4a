import { describe, expect, it } from "vitest";
import { drawn, refused, ROOT, type Standing } from "../testing";
import { Page } from "./DirectoryPage";
import { bodyOf, FIELDS, KINDS, TABS } from "./kinds";

const MAY = ["directory:read", "directory:propose", "directory:approve", "organisation:read"];
const fact = {
  number: 7,
  kind: "range",
  organisation: ROOT,
  organisation_name: "Sở Tài chính",
  subject: "203.0.113.32/27",
  body: { range: "203.0.113.32/27", system: "HTTT-01" },
  from: "2025-03-03T17:00:00Z",
  until: null,
  document: "QĐ 118/QĐ-UBND <i>",
  state: "approved",
  claimed_by: "user:an",
  claimed: "2025-03-05T00:00:00Z",
  approved_by: "user:lien",
  approved: "2025-03-06T00:00:00Z",
  reason: "",
  replaces: null,
  version: 2,
};
const facts = (items: unknown[], query: Record<string, string> = { kind: "range" }): Standing => ({ path: "/api/v1/facts", query, list: true, data: { items, next: null } });
const draw = (standing: Standing[], address = "/directory", permissions = MAY) => drawn(Page, "/directory", address, standing, permissions);

describe("the directory", () => {
  it("draws blank lines while it loads, the reason of a failure, and that there is none", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([{ path: "/api/v1/facts", query: { kind: "range" }, list: true, error: refused }])).toContain("the disk is full");
    expect(await draw([facts([])])).toContain("Chưa có gì ở đây");
  });
  it("tells dates in GMT+7, document, who claimed and who approved", async () => {
    const html = await draw([facts([fact])]);
    for (const words of ["203.0.113.32/27", "từ 04/03/2025", "QĐ 118/QĐ-UBND &lt;i&gt;", ">an<", ">lien<", "đã duyệt", "HTTT-01"]) expect(html).toContain(words);
    expect(html).toContain("Kết thúc: 203.0.113.32/27");
    expect(html).not.toContain("Duyệt: 203.0.113.32/27");
  });
  it("offers a decision on what is proposed only to who may decide", async () => {
    const proposed = { ...fact, state: "proposed", approved_by: "", approved: null };
    expect(await draw([facts([proposed])])).toContain("Duyệt: 203.0.113.32/27");
    const other = await draw([facts([proposed])], "/directory", ["directory:read", "directory:propose"]);
    expect(other).not.toContain("Duyệt: 203.0.113.32/27");
    expect(other).toContain("Thêm dải địa chỉ");
    expect(other).toContain("chưa duyệt");
    expect(await draw([facts([proposed])], "/directory", ["directory:read"])).not.toContain("Thêm dải địa chỉ");
  });
  it("has the kind, the state and the question in the address", async () => {
    const domain = { ...fact, kind: "domain", subject: "soytelamkhe.example", body: { domain: "soytelamkhe.example" } };
    expect(await draw([facts([domain], { kind: "domain", state: "approved" })], "/directory?tab=ranges&kind=domain&state=approved")).toContain("soytelamkhe.example");
    const contact = { ...fact, kind: "contact", subject: "duty phone 0", body: { purpose: "duty", channel: "phone", value: "0900 000 000" } };
    const html = await draw([facts([contact], { kind: "contact" })], "/directory?tab=contacts");
    expect(html).toContain("0900 000 000");
    expect(html).toContain("trực");
  });
  it("explains whose an address is: range, document, approver and history", async () => {
    const claim = {
      number: 7,
      range: "203.0.113.32/27",
      ports: null,
      organisation: ROOT,
      organisation_name: "Sở Tài chính",
      system: "",
      from: fact.from,
      until: null,
      document: "QĐ 118",
      claimed_by: "user:an",
      approved_by: "user:lien",
    };
    const answer = {
      address: "203.0.113.47",
      port: 51822,
      time: "2026-11-27T00:00:00Z",
      kind: "owner",
      special: "none",
      port_would_tell: false,
      limited: false,
      claims: [claim],
      before: null,
      after: null,
      history: [claim],
    };
    const asked: Standing = { path: "/api/v1/attribution", query: { address: "203.0.113.47", port: "51822", time: "2026-11-27T07:00:00+07:00" }, data: answer };
    const html = (await draw([facts([]), asked], "/directory?address=203.0.113.47&port=51822&time=2026-11-27T07:00")).replace(/<[^>]+>/g, "");
    expect(html).toContain("203.0.113.47:51822");
    expect(html).toContain("Dải 203.0.113.32/27, Sở Tài chính, từ 04/03/2025. QĐ 118; an khai, lien duyệt.");
    expect(html).toContain("Mọi điều từng khai về dải này: 1");
  });
  it("has a tab for every kind, and every kind has what the server must have", () => {
    expect(Object.values(TABS).flat().sort()).toEqual([...KINDS].sort());
    for (const kind of KINDS) expect(FIELDS[kind].some((field) => field.required)).toBe(true);
  });
  it("makes a body of what was typed: blanks left out, one item a line", () => {
    expect(bodyOf("range", { range: " 203.0.113.0/24 ", ports: "" })).toEqual({ range: "203.0.113.0/24" });
    expect(bodyOf("pool", { name: "p", public: "203.0.113.1\n203.0.113.2; 203.0.113.3\n", inside: "10.0.0.0/8" })).toEqual({
      name: "p",
      public: ["203.0.113.1", "203.0.113.2", "203.0.113.3"],
      inside: ["10.0.0.0/8"],
    });
    expect(bodyOf("system", { code: "A", name: "B", level: "3" })).toEqual({ code: "A", name: "B", level: 3 });
  });
});
