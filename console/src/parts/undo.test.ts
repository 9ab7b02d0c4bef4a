import { beforeEach, describe, expect, it, vi } from "vitest";
import { undoDeed, type Deed } from "../api/deeds";
import type { Finding } from "../api/types";
import { atOnce } from "../base/at_once";
import { forgetUndo, offerUndo, undoLast, UNDO_MS } from "./undo";

const asked: { path: string; version: string | null; body: unknown }[] = [];
const FINDING: Finding = {
  id: "f1",
  organisation: "o",
  rule: { id: "r", title: "Rule", author: "", kind: "sigma", tags: [] },
  level: "high",
  entity: "host:a",
  state: "new",
  count: 1,
  first_seen: "2026-11-28T00:00:00Z",
  last_seen: "2026-11-28T00:00:00Z",
  score: 60,
  matched: {},
  masked: false,
  version: 4,
};
const NOW = Date.parse("2026-11-28T03:00:00Z");
const told = () => "";

beforeEach(() => {
  asked.length = 0;
  let version = 4;
  vi.stubGlobal("fetch", (path: string, request: RequestInit) => {
    asked.push({ path, version: new Headers(request.headers).get("If-Match"), body: typeof request.body === "string" ? JSON.parse(request.body) : undefined });
    version += 1;
    return Promise.resolve(new Response(JSON.stringify({ ...FINDING, version })));
  });
});
const undo = (deed: Partial<Deed> & Pick<Deed, "kind">) => undoDeed({ before: FINDING, after: FINDING, ...deed }, "undone", NOW);

describe("what is taken back", () => {
  it("goes by the version that the deed left, so that it never undoes what came after", async () => {
    await undo({ kind: "acknowledge" });
    expect(asked).toEqual([{ path: "/api/v1/findings/f1/unacknowledge", version: '"4"', body: undefined }]);
  });
  it("is a mute that ends, or the mute that was before", async () => {
    await undo({ kind: "mute" });
    await undo({ kind: "mute", before: { ...FINDING, muted_until: "2026-12-01T00:00:00Z", mute_reason: "known" } });
    await undo({ kind: "mute", before: { ...FINDING, muted_until: "2026-11-01T00:00:00Z", mute_reason: "long over" } });
    expect(asked.map((one) => one.path.split("/").at(-1))).toEqual(["unmute", "mute", "unmute"]);
    expect(asked[1]?.body).toEqual({ reason: "known", until: "2026-12-01T00:00:00Z" });
  });
  it("is a finding opened again, and taken again by its new version when it had been taken", async () => {
    await undo({ kind: "close" });
    await undo({ kind: "close", before: { ...FINDING, state: "acknowledged" } });
    expect(asked.map((one) => [one.path.split("/").at(-1), one.version])).toEqual([
      ["reopen", '"4"'],
      ["reopen", '"4"'],
      ["acknowledge", '"6"'],
    ]);
    expect(asked[0]?.body).toEqual({ reason: "undone" });
  });
});

describe("the undo that is offered", () => {
  it("runs once", async () => {
    const run = vi.fn(() => Promise.resolve(told));
    offerUndo(told, run, NOW);
    await Promise.all([undoLast(NOW), undoLast(NOW)]);
    await undoLast(NOW);
    expect(run).toHaveBeenCalledTimes(1);
  });
  it("never runs after its time, nor when it was forgotten", async () => {
    const run = vi.fn(() => Promise.resolve(told));
    offerUndo(told, run, NOW);
    await undoLast(NOW + UNDO_MS);
    forgetUndo();
    await undoLast(NOW);
    expect(run).not.toHaveBeenCalled();
  });
  it("is that of the last deed alone", async () => {
    const [first, second] = [vi.fn(() => Promise.resolve(told)), vi.fn(() => Promise.resolve(told))];
    offerUndo(told, first, NOW);
    offerUndo(told, second, NOW);
    await undoLast(NOW);
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledTimes(1);
  });
});

describe("many at once", () => {
  it("are done a few at a time, and what was refused is told apart", async () => {
    let under = 0;
    let most = 0;
    const { done, failed } = await atOnce([1, 2, 3, 4, 5, 6, 7], 3, async (one) => {
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
      if (one === 4) throw new Error("no");
      return one * 10;
    });
    expect(done.sort((a, b) => a - b)).toEqual([10, 20, 30, 50, 60, 70]);
    expect(failed).toHaveLength(1);
    expect(most).toBe(3);
  });
});
