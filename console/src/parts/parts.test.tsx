import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { Hostile } from "./Hostile";
import { Severity } from "./Labels";
import { Shown } from "./States";

describe("hostile text on the page", () => {
  it("is isolated and never markup", () => {
    const html = renderToStaticMarkup(<Hostile text={'<img src=x onerror="alert(1)">'} />);
    expect(html).toBe("<bdi>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;</bdi>");
  });
  it("shows a turned direction as a chip", () => {
    expect(renderToStaticMarkup(<Hostile text={"a\u202Eb"} />)).toBe('<bdi>a<span class="esc">U+202E</span>b</bdi>');
  });
  it("is cut after 2,000 characters, and says so", () => {
    const html = renderToStaticMarkup(<Hostile text={"a".repeat(4000)} />);
    expect(html).toBe(`<bdi>${"a".repeat(2000)}…</bdi>`);
  });
});

describe("severity", () => {
  it("has a shape and a word, so that colour says nothing alone", () => {
    const html = renderToStaticMarkup(<Severity level="critical" />);
    expect(html).toContain("<svg");
    expect(html).toContain("Nghiêm trọng");
  });
});

describe("the states of a page", () => {
  const refetch = () => undefined;
  it("shows blank lines before anything was read", () => {
    expect(renderToStaticMarkup(<Shown reading={{ data: undefined, error: null, refetch }}>{() => null}</Shown>)).toContain('aria-busy="true"');
  });
  it("keeps what was read last under an error with a retry", () => {
    const html = renderToStaticMarkup(<Shown reading={{ data: "rows", error: new ApiError(503, "busy now", "busy", undefined), refetch }}>{(data) => data}</Shown>);
    expect(html).toContain("busy now");
    expect(html).toContain("Thử lại");
    expect(html).toContain("rows");
  });
});
