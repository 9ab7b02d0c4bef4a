import { MantineProvider } from "@mantine/core";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { conditionsOf } from "../../base/query_text";
import { changed, questionOf } from "./address";
import { Bubbles } from "./Bubbles";
import { layoutOf, middleCut, movedColumn, reachOf, rowTime, SUMMARY, toggled } from "./columns";
import { fileName } from "./file";
import { gapsOf } from "../../parts/gaps";
import { Page } from "./SearchPage";
import { drawn, EVERYTHING, refused, type Standing } from "../testing";
import { ApiError } from "../../api/client";

const nothing = () => undefined;
const bubbles = (query: string, current = true) =>
  renderToStaticMarkup(
    <MantineProvider>
      <Bubbles
        bubbles={conditionsOf(query)}
        current={current}
        part={undefined}
        now={0}
        sources={new Map([["0198", "fw-01"]])}
        onFind={nothing}
        onInvert={nothing}
        onRemove={nothing}
        onPart={nothing}
        onClear={nothing}
      />
    </MantineProvider>,
  );

describe("the address of a search", () => {
  it("keeps what is not changed and loses what is empty", () => {
    expect(changed(new URLSearchParams("q=a&event=e:1&sort=oldest"), { event: "", q: "b" })).toEqual({ q: "b", sort: "oldest" });
  });
  it("loses the chosen part with another range", () => {
    expect(changed(new URLSearchParams("q=a&within=x%2Fy"), { from: "now-7d" })).toEqual({ q: "a", from: "now-7d" });
  });
  it("asks with absolute times, masked", () => {
    expect(questionOf("a", { from: 0, to: 1000 }, true)).toEqual({ q: "a", from: "1970-01-01T00:00:00.000Z", to: "1970-01-01T00:00:01.000Z", masked: true });
  });
});

describe("bubbles", () => {
  it("say in words what is left out", () => {
    expect(bubbles("NOT destination.port:443")).toMatch(/bub not.*không.*Cổng đích.*443/s);
  });
  it("name a source, not its id", () => {
    expect(bubbles("source:0198")).toContain("fw-01");
  });
  it("show hostile values as text", () => {
    expect(bubbles('a:"<img src=x>"')).toContain("&lt;img src=x&gt;");
  });
  it("cannot be pressed while the text is another one", () => {
    expect(bubbles("a", false).match(/disabled/g)).toHaveLength(3);
  });
});

describe("columns", () => {
  it("come before the content and go by the same press", () => {
    expect(toggled(["a", SUMMARY], "b")).toEqual(["a", "b", SUMMARY]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
  });
  it("move within the row", () => {
    expect(movedColumn(["a", "b", "c"], "c", -1)).toEqual(["a", "c", "b"]);
    expect(movedColumn(["a", "b"], "b", 1)).toEqual(["a", "b"]);
  });
  it("have a width of their own each", () => {
    expect(layoutOf(["source.ip", "x"], new Map(), "day").template.match(/minmax/g)).toHaveLength(3);
  });
  it("name the day and the year where the range needs them", () => {
    const time = "2026-11-27T20:06:12.118Z";
    const at = Date.parse(time);
    expect([at + 1000, at - 86_400_000, at - 400 * 86_400_000].map((from) => rowTime(time, reachOf(from, at), ","))).toEqual(["03:06:12,118", "28/11 03:06:12", "28/11/2026 03:06:12"]);
  });
  it("keep the end of a long name", () => {
    const cut = middleCut(`${"a".repeat(60)}.example.vn`);
    expect(cut).toHaveLength(44);
    expect(cut.endsWith(".example.vn")).toBe(true);
  });
});

it("names a file by the time in GMT+7", () => {
  expect(fileName("su-kien", "csv", Date.parse("2026-11-27T20:07:00Z"))).toBe("su-kien-20261128-0307.csv");
});

describe("spans that nobody observed", () => {
  const at = (hour: number) => Date.parse("2026-11-28T00:00:00Z") + hour * 3_600_000;
  const counts = Array.from({ length: 96 }, (_, quarter) => (quarter >= 52 && quarter < 56 ? 0 : 5)); // from 13:00 to 14:00
  const activity = { step: 900, until: "2026-11-29T00:00:00Z", since: "2026-11-28T00:00:00Z", items: [{ source: "0198", name: "fw-01", counts }] };
  it("are those in which none of the expected sources spoke", () => {
    const [gap, ...others] = gapsOf(activity, { from: at(0), to: at(24) });
    expect(others).toEqual([]);
    expect(gap?.to).toBe(at(14));
  });
  it("end with the range", () => {
    expect(gapsOf(activity, { from: at(0), to: at(13.75) })[0]?.to).toBe(at(13.75));
  });
  it("are none where nothing was counted yet", () => {
    expect(gapsOf({ ...activity, since: "2026-11-28T15:00:00Z" }, { from: at(0), to: at(24) })).toEqual([]);
  });
});

describe("the page", () => {
  const FROM = "2026-11-27T00:00:00.000Z";
  const TO = "2026-11-28T00:00:00.000Z";
  const question = (q: string) => ({ q, from: FROM, to: TO, masked: true });
  const draw = (q: string, standing: Standing[], permissions: readonly string[] = [...EVERYTHING, "event:export", "saved-search:write", "evidence:export"]) =>
    drawn(Page, "/search", `/search?q=${encodeURIComponent(q)}&from=${FROM}&to=${TO}`, standing, permissions);
  const page = (q: string, items: unknown[]): Standing => ({ path: "", key: ["search", "page", question(q), "newest", 0], data: { pages: [{ items, next: null }], pageParams: [""] } });
  const count = (q: string, n: number): Standing => ({ path: "", key: ["search", "count", question(q), 0], data: { count: n } });
  const event = {
    id: "e:1",
    occurred: "2026-11-27T20:06:12.118Z",
    received: "2026-11-27T20:06:12.340Z",
    source: { id: null, name: "fw-01" },
    organisation: "x",
    format: "filterlog",
    peer: "",
    masked: true,
    fields: { "source.ip": "192.0.2.1", "event.action": "block" },
  };
  const sources = (items: unknown[]): Standing => ({ path: "/api/v1/sources", query: { limit: "1000" }, data: { items, next: null } });
  const source = { id: "s", name: "dns-01", organisation: "x", format: "", ended: null, last_received: null, counters: { received: 0, accepted: 0, refused: 0, unparsed: 0, late: 0 } };

  it("draws blank lines and a way to stop while it searches", async () => {
    const html = await draw("a", []);
    expect(html).toContain('aria-busy="true"');
    expect(html).toContain("Dừng");
  });
  it("tells a failure with a retry", async () => {
    const html = await draw("a", [{ path: "", key: ["search", "page", question("a"), "newest", 0], error: refused }]);
    expect(html).toContain("the disk is full");
    expect(html).toContain("Thử lại");
  });
  it("shows a refused query under its characters, not as a failure", async () => {
    const html = await draw("souce.ip:1", [
      {
        path: "",
        key: ["search", "page", question("souce.ip:1"), "newest", 0],
        error: new ApiError(400, "field q: there is no field souce.ip", "bad_input", "q", { offset: 0, length: 8, suggestion: "source.ip" }),
      },
    ]);
    expect(html).toContain("<u>souce.ip</u>");
    expect(html).toContain("không có trường souce.ip");
    expect(html).not.toContain("Không tải được");
  });
  it("says where nothing was found, and what could not be seen", async () => {
    const html = await draw("a", [page("a", []), count("a", 0), sources([source])]);
    for (const words of ["Không sự kiện nào khớp", "1 nguồn bạn được xem", "Chưa quan sát được", "dns-01", "Chờ sự kiện đầu tiên"]) expect(html).toContain(words);
    expect(html).not.toContain("không thấy là không có.");
  });
  it("tells how many were found, in the columns that say most", async () => {
    const html = await draw("", [page("", [event]), count("", 517627)]);
    for (const words of ["517.627 sự kiện", 'aria-rowcount="517628"', "Nguồn tin", "Hành động", "Nội dung"]) expect(html).toContain(words);
  });
  it("offers no export, no saving and no reveal to who may only read", async () => {
    const html = await draw("", [page("", [event]), count("", 1)], ["event:read", "self:read"]);
    for (const words of ["Xuất…", "Đang che dữ liệu cá nhân", ">Lưu<"]) expect(html).not.toContain(words);
    expect(html).toContain("Gửi đường dẫn");
  });
});
