import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import type { Completion, Found } from "../api/search";
import { entityOf, summaryOf, tellingColumns } from "../base/event_text";
import { sayQueryError } from "../base/query_errors";
import { EventDetail } from "./EventDetail";
import { isSought } from "./EventFieldRow";
import { EventRaw } from "./EventRaw";
import { Histogram } from "./Histogram";
import { troubleOf, withItem, withSuggestion } from "./query_completion";
import { QueryField } from "./QueryField";

const nothing = () => undefined;
const draw = (node: ReactNode) => renderToStaticMarkup(<QueryClientProvider client={new QueryClient()}>{node}</QueryClientProvider>);

const event = (fields: Record<string, unknown>): Found => ({
  id: "0198f000-0000-7000-8000-000000000001:7",
  occurred: "2026-11-27T20:06:12.118Z",
  received: "2026-11-27T20:06:12.340Z",
  source: { id: null, name: "fw-01" },
  organisation: "x",
  format: "filterlog",
  fields,
  masked: true,
});
const detail = (fields: Record<string, unknown>, sought: { field: string; value: string }[] = []) =>
  draw(
    <EventDetail event={event(fields)} types={new Map()} sought={sought} columns={[]} organisation="Lam" onValue={nothing} onPivot={nothing} onColumn={nothing} onOpen={nothing} onClose={nothing} />,
  );

describe("completion", () => {
  const offer: Completion = { start: 11, end: 14, items: [] };
  it("puts an item where the server says, in bytes", () => {
    expect(withItem("thử: sou x", { ...offer, start: 7, end: 10 }, { text: "source.ip:", kind: "field", note: "" })).toEqual({ text: "thử: source.ip: x", caret: 15 });
  });
  it("goes on behind a value with a blank, once", () => {
    expect(withItem("a:b", { ...offer, start: 2, end: 3 }, { text: "block", kind: "value", note: "7" })).toEqual({ text: "a:block ", caret: 8 });
    expect(withItem("a:b c", { ...offer, start: 2, end: 3 }, { text: "block", kind: "value", note: "7" }).text).toBe("a:block c");
  });
});

describe("a wrong query", () => {
  const check = { valid: false, offset: 8, length: 8, text: "there is no field souce.ip", suggestion: "source.ip" };
  const trouble = troubleOf("đúng a souce.ip:1", { ...check, offset: 9 });
  it("is told where it is wrong, in letters", () => {
    expect([trouble?.start, trouble?.end]).toEqual([7, 15]);
  });
  it("takes the suggestion in the place of what is wrong", () => {
    expect(trouble && withSuggestion("đúng a souce.ip:1", trouble)).toBe("đúng a source.ip:1");
  });
  it("is underlined and named to screen readers", () => {
    const html = draw(<QueryField text="đúng a souce.ip:1" trouble={trouble} complete={() => Promise.reject(new Error("no"))} onText={nothing} onRun={nothing} field={{ current: null }} />);
    expect(html).toContain("<u>souce.ip</u>");
    expect(html).toContain('aria-invalid="true"');
    expect(html).toContain('role="alert"');
  });
  it.each([
    ["there is no field souce.ip; if a log does have it, put the name in quotes", "không có trường souce.ip; nếu nhật ký có thật thì đặt tên trong ngoặc kép"],
    ["the bracket opened at character 5 is not closed", "ngoặc mở ở ký tự 5 chưa đóng"],
    ["source.ip is an address, and abc is none; write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32", "source.ip là địa chỉ, còn abc thì không; viết 203.0.113.7, 203.0.113.0/24 hoặc 2001:db8::/32"],
    ["a sentence of a newer server", "a sentence of a newer server"],
  ])("is said in Vietnamese: %s", (english, vietnamese) => {
    expect(sayQueryError(english, "vi")).toBe(vietnamese);
  });
});

describe("an event in full", () => {
  it("shows what a stranger wrote as text, with odd characters as chips", () => {
    const html = detail({ "user_agent.original": "<script>alert(1)</script>\u202Egpj.exe" });
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain('<span class="esc">U+202E</span>');
    expect(html).not.toContain("<script>");
  });
  it("cuts a name of 4,000 characters and lets it be seen", () => {
    const html = detail({ "host.name": "x".repeat(4000) });
    expect(html).toContain("xem cả");
    expect(html).not.toContain("x".repeat(2001));
  });
  it("shows a masked value as dots, which can be neither asked nor copied", () => {
    const html = detail({ "user.name": "[masked]" });
    expect(html).toContain("●●●");
    expect(html).not.toContain("[masked]");
    expect(html).not.toContain("Chỉ lấy: user.name");
  });
  it("has a row for each of several values", () => {
    expect(detail({ "host.ip": ["192.0.2.1", "192.0.2.2"] }).match(/data-field="host.ip"/g)).toHaveLength(2);
  });
  it("marks what was asked for", () => {
    expect(detail({ "source.ip": "192.0.2.1" }, [{ field: "source.ip", value: "192.0.2.1" }])).toContain('<bdi class="mark">192.0.2.1</bdi>');
  });
  it("marks a word in any field, and a value only in its own", () => {
    expect(isSought([{ field: "", value: "Mimikatz" }], "message", "run mimikatz.exe")).toBe(true);
    expect(isSought([{ field: "user.name", value: "an" }], "message", "an")).toBe(false);
  });
});

describe("the bytes of a record", () => {
  it("are not there before they are revealed", () => {
    expect(draw(<EventRaw raw={undefined} onReveal={nothing} />)).toContain("Nguyên bản đang che");
  });
  it("tell whom to ask without the permission", () => {
    expect(draw(<EventRaw raw={undefined} onReveal={undefined} />)).toContain("trưởng ca");
  });
  it("are text, never markup", () => {
    expect(draw(<EventRaw raw={btoa("<b>\x1b[0m")} onReveal={undefined} />)).toContain('&lt;b&gt;<span class="esc">\\x1b</span>[0m');
  });
});

describe("the histogram", () => {
  const hour = 3_600_000;
  const html = draw(
    <Histogram
      buckets={[
        { from: 0, count: 0 },
        { from: hour, count: 1234 },
      ]}
      step={hour}
      range={{ from: 0, to: 2 * hour }}
      part={undefined}
      gaps={[]}
      onChoose={nothing}
      onZoom={nothing}
      onWidth={nothing}
    />,
  );
  it("can be read without seeing it", () => {
    expect(html).toContain('<th scope="row">01/01/1970 08:00:00</th><td>1.234</td>');
  });
  it("is one stop of the tab key that tells its keys", () => {
    expect(html.match(/tabindex/gi)).toHaveLength(1);
    expect(html).toContain("Alt: dời");
  });
});

describe("an event in few words", () => {
  it("is its message, else its fields", () => {
    expect(summaryOf({ fields: { message: "login failed", "user.name": "an" } })).toBe("login failed");
    expect(summaryOf({ fields: { "@timestamp": "x", "source.ip": "192.0.2.1", "user.name": "an" } }, new Set(["source.ip"]))).toBe("user.name=an");
  });
  it("is about the host, else the user, else the address, as findings are", () => {
    expect(entityOf({ fields: { "host.name": "WS01", "source.ip": "192.0.2.1" } })).toBe("host:ws01");
    expect(entityOf({ fields: { "user.name": "an", "user.domain": "CORP" } })).toBe("user:CORP\\an");
    expect(entityOf({ fields: { "user.name": "[masked]", "source.ip": "192.0.2.1" } })).toBeUndefined();
    expect(entityOf({ fields: { "source.ip": "192.0.2.1" } })).toBe("ip:192.0.2.1");
  });
  it("stands in the columns that a quarter of the events have", () => {
    const rows = [...Array.from({ length: 3 }, () => ({ fields: { "source.ip": "a" } })), { fields: { "source.ip": "a", "event.code": 1 } }, { fields: {} }];
    expect(tellingColumns(rows)).toEqual(["source.ip"]);
  });
});

it("an error of the API keeps what it says about the query", () => {
  expect(new ApiError(400, "x", "bad_input", "q", { offset: 3 }).details["offset"]).toBe(3);
});
