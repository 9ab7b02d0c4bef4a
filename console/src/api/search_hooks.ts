// Readings of the archive. What was found stays as it was until it is asked for again: nothing is read anew by itself.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ApiError } from "./client";
import {
  countEvents,
  findPage,
  readContext,
  readFields,
  growHistogram,
  readSaved,
  readTop,
  type Count,
  type FieldCount,
  type Found,
  type GrowingHistogram,
  type Lack,
  type Question,
  type TopValues,
} from "./search";

export const PAGE = 200;
// Answers that no page shows are forgotten soon: each search has keys of its own, and hundreds of events.
// "static": nor by what makes everything else be read again, for a search that was stopped stays stopped.
const KEPT = { staleTime: "static" as const, gcTime: 30_000, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: (count: number, error: ApiError) => error.status === 0 && count < 2 };

export function useFound(question: Question, order: string, run: number) {
  return useInfiniteQuery<{ items: Found[]; next: string | null }, ApiError, Found[], readonly unknown[], string>({
    queryKey: ["search", "page", question, order, run],
    queryFn: ({ pageParam, signal }) => findPage(question, order, pageParam, PAGE, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
    ...KEPT,
  });
}
export function useCount(question: Question, run: number) {
  return useQuery<Count, ApiError>({ queryKey: ["search", "count", question, run], queryFn: ({ signal }) => countEvents(question, signal), ...KEPT });
}
export function useHistogram(question: Question, seconds: number, run: number) {
  return useQuery<GrowingHistogram, ApiError>({
    queryKey: ["search", "histogram", question, seconds, run],
    queryFn: ({ signal, client, queryKey }) => growHistogram(question, seconds, signal, (part) => client.setQueryData(queryKey, part)),
    enabled: seconds > 0,
    placeholderData: (before) => before,
    ...KEPT,
  });
}
export function useFields(question: Question, run: number) {
  return useQuery<{ items: FieldCount[]; incomplete?: Lack[] }, ApiError>({
    queryKey: ["search", "fields", question, run],
    queryFn: ({ signal }) => readFields(question, signal),
    placeholderData: (before) => before,
    ...KEPT,
  });
}
export function useTop(question: Question, field: string, most: number, run: number) {
  return useQuery<TopValues, ApiError>({
    queryKey: ["search", "top", question, field, most, run],
    queryFn: ({ signal }) => readTop(question, field, most, signal),
    placeholderData: (before) => before,
    ...KEPT,
  });
}
export function useContextOf(id: string, by: string, enabled: boolean) {
  return useQuery<{ before: Found[]; event: Found; after: Found[] }, ApiError>({ queryKey: ["search", "context", id, by], queryFn: ({ signal }) => readContext(id, by, signal), enabled, ...KEPT });
}
export function useSaved() {
  return useQuery({ queryKey: ["saved-searches"], queryFn: ({ signal }) => readSaved(signal), ...KEPT, staleTime: Infinity });
}
