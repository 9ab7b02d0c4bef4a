// All readings of one search: the page of events, their number, the histogram of the whole range, the fields. And what is
// under way of it: how far it is, and how to stop it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { countEvents, readRunning, runningIds, stopGrowing } from "../../api/search";
import { useCount, useFields, useFound, useHistogram } from "../../api/search_hooks";
import { stepFor } from "../../base/buckets";
import { questionOf, type SearchAddress } from "./address";

const LEAST_BAR = 6; // px
const EVERY = 30_000;

export function useSearch(address: SearchAddress, masked: boolean) {
  const queries = useQueryClient();
  const [width, setWidth] = useState(0);
  const [stopped, setStopped] = useState(-1);
  const { q, range, part, run, order, anchor, scoped } = address;
  const whole = useMemo(() => questionOf(q, range, masked, scoped), [q, range, masked, scoped]);
  const question = useMemo(() => (part ? questionOf(q, part, masked, scoped) : whole), [q, part, masked, whole, scoped]);
  const step = width > 0 ? stepFor(range, Math.max(20, Math.floor(width / LEAST_BAR))) : 0;
  const found = useFound(question, order, run);
  const count = useCount(question, run);
  const histogram = useHistogram(whole, step / 1000, run);
  const fields = useFields(question, run);
  const busy = found.isFetching || count.isFetching || histogram.isFetching;
  // What happened since the last run waits behind a counter. Of a range that ends now, and not while a part is chosen.
  const following = (address.to === "" || address.to === "now") && part === undefined && !busy && found.data !== undefined;
  const since = useQuery({
    queryKey: ["search-since", q, masked, anchor, scoped],
    enabled: following,
    initialData: { count: 0 },
    initialDataUpdatedAt: anchor,
    staleTime: EVERY,
    refetchInterval: EVERY,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: ({ signal }) => countEvents(questionOf(q, { from: anchor, to: Date.now() }, masked, scoped), signal),
  });
  const running = useQuery({ queryKey: ["searches"], queryFn: ({ signal }) => readRunning(signal), enabled: busy, refetchInterval: 500, refetchOnWindowFocus: false, staleTime: 0 });
  const mine = busy ? (running.data?.items ?? []).filter((one) => runningIds().includes(one.id)) : [];
  const buckets = useMemo(() => (histogram.data?.buckets ?? []).map((bucket) => ({ from: Date.parse(bucket.from), count: bucket.count })), [histogram.data]);
  // The bars of this search: those of the one before stand until its first come.
  const own = histogram.isPlaceholderData ? undefined : histogram.data;
  const growing = histogram.isFetching;
  const atLeast = part === undefined && own ? own.buckets.reduce((sum, bucket) => sum + bucket.count, 0) : 0;
  return {
    question,
    whole,
    found,
    count,
    fields,
    busy,
    step: (histogram.data?.step ?? 0) * 1000 || step,
    buckets,
    histogram,
    setWidth,
    atLeast,
    scanned: growing && own ? own.scanned : undefined, // while the bars grow
    partial: !growing && own && own.scanned < 1 ? own : undefined, // they were stopped
    progress: growing && own ? own.scanned : mine.length > 0 ? Math.min(...mine.map((one) => one.progress)) : undefined,
    waiting: mine.length > 0 && mine.every((one) => one.waiting),
    waitingEvents: following ? since.data.count : 0,
    stopped: stopped === run && !busy,
    stop: () => {
      setStopped(run);
      stopGrowing(); // the bars keep what they have
      void queries.cancelQueries({ queryKey: ["search"], predicate: (query) => query.queryKey[1] !== "histogram" });
    },
  };
}
export type Search = ReturnType<typeof useSearch>;
