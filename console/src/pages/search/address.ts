// What the address of the search page holds: query, range, chosen part of it, order, columns and the open event.
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { readWithin, rangeOf, type Span } from "../../base/range";
import type { Question } from "../../api/search";
import { useScope } from "../../parts/scope";

type Name = "q" | "from" | "to" | "within" | "sort" | "columns" | "event";
export type Changes = Partial<Record<Name, string>>;

export const questionOf = (q: string, { from, to }: Span, masked: boolean, scoped: { organisation?: string } = {}): Question => ({
  q,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
  masked,
  ...scoped,
});

// The address with other values; a range that changed has no chosen part any more.
export function changed(values: URLSearchParams, changes: Changes): Record<string, string> {
  const all: Changes = "from" in changes || "to" in changes ? { within: "", ...changes } : changes;
  const next: Record<string, string> = {};
  for (const [name, value] of [...values.entries(), ...Object.entries(all)]) next[name] = value;
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""));
}

// Relative times count from `anchor`: the moment of the last run, so that what is shown does not slide away.
export function useSearchAddress() {
  const location = useLocation();
  const navigate = useNavigate();
  const [{ anchor, run }, setRun] = useState(() => ({ anchor: Date.now(), run: 0 }));
  const text = location.searchStr;
  const { scoped } = useScope();
  return useMemo(() => {
    const values = new URLSearchParams(text);
    const value = (name: Name) => values.get(name) ?? "";
    const [q, from, to, within] = [value("q"), value("from"), value("to"), value("within")];
    const range = rangeOf(from, to, anchor);
    const part = readWithin(within);
    const go = (changes: Changes, replace = false) => {
      void navigate({ to: "/search", search: changed(values, changes), replace });
    };
    return {
      q,
      from,
      to,
      range,
      anchor,
      run,
      scoped,
      part: part && part.from < range.to && part.to > range.from ? part : undefined,
      order: value("sort") === "oldest" ? "oldest" : "newest",
      columns: value("columns") === "" ? undefined : value("columns").split(","),
      event: value("event"),
      go,
      again: () => {
        setRun((before) => ({ anchor: Date.now(), run: before.run + 1 }));
      },
      // The same with absolute times, for a colleague who opens it later.
      shared: () => {
        const fixed = new URLSearchParams(changed(values, { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString(), within }));
        return `${window.location.origin}/ui/search?${fixed.toString()}`;
      },
    };
  }, [text, anchor, run, navigate, scoped]);
}
export type SearchAddress = ReturnType<typeof useSearchAddress>;
