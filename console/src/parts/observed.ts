// Spans of the range in which sources were expected by their own rhythm and none spoke: not observed, so not zero. And the
// names of the sources.
import { useMemo } from "react";
import { useResource } from "../api/resource";
import type { Span } from "../base/range";
import { useScope } from "./scope";
import { useMe } from "./session";
import { gapsOf } from "./gaps";

export function useGaps(range: Span) {
  const { may } = useMe();
  const { scoped } = useScope();
  const sources = useResource("/api/v1/sources", { query: { limit: "1000", ...scoped }, enabled: may("source:read") });
  const activity = useResource("/api/v1/sources/activity", { query: scoped, enabled: may("source:read") });
  const names = useMemo(() => new Map((sources.data?.items ?? []).map((source) => [source.id, source.name])), [sources.data]);
  const gaps = useMemo(() => (activity.data ? gapsOf(activity.data, range) : []), [activity.data, range]);
  return { gaps, names };
}
