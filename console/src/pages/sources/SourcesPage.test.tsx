import { describe, expect, it } from "vitest";
import { drawn, refused, ROOT, type Standing } from "../testing";
import { Page as SourcePage } from "./SourcePage";
import { Page } from "./SourcesPage";

const ID = "0190a1b2-0000-7000-8000-000000000051";
const source = {
  id: ID,
  name: "web-01",
  organisation: ROOT,
  format: "",
  zone: "",
  created: "2026-01-01T00:00:00Z",
  ended: null,
  version: 1,
  counters: { received: 6, accepted: 5, refused: 1, unparsed: 2, late: 0 },
  last_received: "2026-11-27T20:07:05Z",
  newest: "2026-11-27T20:02:05Z",
  unparsed_sample: { event: "0190a1b2-0000-7000-8000-000000000051:7", reason: "no <format> knows these bytes" },
  hint: "",
};
const draw = (standing: Standing[], permissions?: string[]) => drawn(Page, "/sources", "/sources", standing, permissions);
const list = (items: unknown[]): Standing => ({ path: "/api/v1/sources", list: true, data: { items, next: null } });
const one = (data: unknown, permissions?: string[]) => drawn(SourcePage, "/sources/$id", `/sources/${ID}`, [{ path: "/api/v1/sources/{id}", id: ID, data }], permissions);

describe("Sources", () => {
  it("draws blank lines while it loads, and the reason of a failure", async () => {
    expect(await draw([])).toContain('aria-busy="true"');
    expect(await draw([{ path: "/api/v1/sources", list: true, error: refused }])).toContain("the disk is full");
  });
  it("says what to do when there is none", async () => {
    expect(await draw([list([])])).toContain("Chưa có nguồn nào. Thêm một nguồn");
  });
  it("offers nothing to who may not add one, and says who may", async () => {
    const html = await draw([list([])], ["source:read", "organisation:read"]);
    expect(html).not.toContain("btn pri");
    expect(html).toContain("vận hành viên");
  });
  it("tells rate, lag, what was not read, refused, and when it was last heard", async () => {
    const html = await draw([
      list([source]),
      {
        path: "/api/v1/sources/activity",
        data: { step: 900, until: "2026-11-27T20:15:00Z", since: "2026-11-20T00:00:00Z", items: [{ source: ID, name: "web-01", counts: Array.from({ length: 96 }, () => 3) }] },
      },
    ]);
    for (const words of ["288", "5\u00a0ph", "28/11/2026 03:07:05", "web-01"]) expect(html).toContain(words);
  });
  it("draws what was not counted yet as a gap, not as zero", async () => {
    const draws = (since: string) =>
      draw([
        list([source]),
        {
          path: "/api/v1/sources/activity",
          data: { step: 900, until: "2026-11-27T20:15:00Z", since, items: [{ source: ID, name: "web-01", counts: Array.from({ length: 96 }, (_, at) => (at < 80 ? 0 : 3)) }] },
        },
      ]);
    // 16 quarters of an hour before the end: the first 80 of 96 are not known.
    expect(await draws("2026-11-27T16:15:00Z")).toMatch(/<path class="gap" d="M0 15L80 15"\/?>.*<path d="M80 1\.0L81/s);
    expect(await draws("2026-11-20T00:00:00Z")).not.toContain('<path class="gap"');
  });
  it("leaves ended ones out until they are asked for", async () => {
    expect(await draw([list([source, { ...source, id: ROOT, name: "old-01", ended: "2026-11-01T00:00:00Z" }])])).not.toContain("old-01");
  });
});

describe("a source", () => {
  it("shows the sample that was not understood, as text", async () => {
    expect(await one(source)).toContain("no &lt;format&gt; knows these bytes");
  });
  it("waits for its first event", async () => {
    expect(await one({ ...source, last_received: null, unparsed_sample: null })).toContain("Chờ sự kiện đầu tiên");
  });
  it("cannot be changed once it has ended, or without the permission", async () => {
    expect(await one(source)).toContain("Ngừng nguồn");
    expect(await one({ ...source, ended: "2026-11-28T00:00:00Z" })).not.toContain("Ngừng nguồn");
    expect(await one(source, ["source:read"])).not.toContain("Ngừng nguồn");
  });
});
