// Reading rules as a whole: all of them (the pages filter without asking again), and what goes by a rule's id.
import { useQuery } from "@tanstack/react-query";
import { change, getPage, type ApiError, type GetPath, type ItemOf } from "./client";
import type { Rule, RuleRemark, RuleTry, Scorecard } from "./types";

const PAGE = "1000";
const MOST_PAGES = 50; // as a bound: more rules than any node has

async function whole<P extends GetPath>(path: P, query: Record<string, string>): Promise<ItemOf<P>[]> {
  const all: ItemOf<P>[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await getPage(path, { query: { ...query, limit: PAGE, after } });
    all.push(...answer.items);
    if (answer.next === null) break;
    after = answer.next;
  }
  return all;
}

export function useAllRules() {
  return useQuery<Rule[], ApiError>({ queryKey: ["/api/v1/rules", "all"], queryFn: () => whole("/api/v1/rules", { with_off: "true" }) });
}
export function useScorecards(enabled: boolean) {
  return useQuery<Scorecard[], ApiError>({ queryKey: ["/api/v1/rules/scorecards", "all"], queryFn: () => whole("/api/v1/rules/scorecards", {}), enabled });
}
export function useTunings() {
  return useQuery({ queryKey: ["/api/v1/rule-tunings", "all"], queryFn: () => whole("/api/v1/rule-tunings", {}) });
}

// What is wrong with a text; the last answer stays while the next one is under way.
export interface Linted {
  items: RuleRemark[];
  fields: "seen" | "known";
}
export function useLint(name: string, text: string, enabled = true) {
  return useQuery<Linted, ApiError>({
    queryKey: ["/api/v1/rules/lint", name, text],
    queryFn: () => change("post", "/api/v1/rules/lint", {}, { files: [{ name, text }] }),
    enabled: enabled && text.trim() !== "",
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}
export function useTry(text: string, event: string, sample: string) {
  return useQuery<RuleTry, ApiError>({
    queryKey: ["/api/v1/rules/try", text, event, sample],
    queryFn: () => change("post", "/api/v1/rules/try", {}, { text, ...(event === "" ? {} : { events: [event] }), ...(sample.trim() === "" ? {} : { sample }) }),
    enabled: text.trim() !== "" && (event !== "" || sample.trim() !== ""),
    placeholderData: (before) => before,
    retry: false,
  });
}
