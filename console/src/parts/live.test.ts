import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { apply } from "./live";

// What is stale after some notices, of readings that were fresh before.
function staleAfter(notices: Parameters<typeof apply>[1]): string[] {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const keys = {
    session: ["/api/v1/session", "", {}],
    list: ["/api/v1/findings", "list", {}],
    count: ["/api/v1/findings/count", "", {}],
    groups: ["/api/v1/findings/groups", "", {}],
    one: ["/api/v1/findings/{id}", "f1", {}],
    other: ["/api/v1/findings/{id}", "f2", {}],
    history: ["/api/v1/findings/{id}/history", "f1", {}],
    sources: ["/api/v1/sources", "list", {}],
    activity: ["/api/v1/sources/activity", "", {}],
    health: ["/api/v1/health", "", {}],
    search: ["search", "page", {}],
  };
  for (const key of Object.values(keys)) queries.setQueryData(key, { pages: [], items: [] });
  apply(queries, notices);
  return Object.entries(keys).flatMap(([name, key]) => (queries.getQueryState(key)?.isInvalidated ? [name] : []));
}

describe("a notice of the stream", () => {
  it("about a finding makes counts and that finding be read again, never the list", () => {
    expect(staleAfter([{ kind: "finding", id: "f1", fresh: true }])).toEqual(["count", "groups", "one", "history"]);
  });
  it("about a source concerns sources alone", () => {
    expect(staleAfter([{ kind: "source", id: "s", fresh: false }])).toEqual(["sources", "activity"]);
  });
  it("about health concerns health alone", () => {
    expect(staleAfter([{ kind: "health" }])).toEqual(["health"]);
  });
  it("that something was missed makes all be read again, but for lists of findings, the session and what was searched for", () => {
    expect(staleAfter([{ kind: "refetch" }])).toEqual(["count", "groups", "one", "other", "history", "sources", "activity", "health"]);
  });
});
