// The live stream on the pages: notices make the readings that they concern be read again, bundled so that a busy node does
// not keep the browser busy. Lists are not read again by themselves: new rows wait behind a counter, changed ones are
// replaced where they stand.
import { useQueryClient, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { get, type Page } from "../api/client";
import { browserSurroundings, Live, type Link, type Notice } from "../api/live";
import type { Finding } from "../api/types";
import { useMe } from "./session";

const BUNDLE_MS = 700;
const MOST_ROWS = 20; // replaced one by one; beyond, the rows are as old as the counter says

interface LiveState {
  link: Link;
  retry: () => void;
}
const START: Link = { state: "opening", since: 0, retryAt: 0 };
const Context = createContext<LiveState>({ link: START, retry: () => undefined });
export const useLive = (): LiveState => useContext(Context);

// Puts the present state of one finding into the lists that show it.
async function renew(queries: QueryClient, id: string): Promise<void> {
  const lists = queries
    .getQueriesData<InfiniteData<Page<Finding>>>({ queryKey: ["/api/v1/findings", "list"] })
    .filter(([, data]) => data?.pages.some((page) => page.items.some((finding) => finding.id === id)));
  if (lists.length === 0) return;
  const present = await get("/api/v1/findings/{id}", { id }).catch(() => undefined);
  if (!present) return;
  for (const [key, data] of lists) {
    if (!data) continue;
    const pages = data.pages.map((page) => ({ ...page, items: page.items.map((finding) => (finding.id === id ? present : finding)) }));
    queries.setQueryData(key, { ...data, pages }, { updatedAt: queries.getQueryState(key)?.dataUpdatedAt ?? Date.now() }); // as old as it was: only one row is newer
  }
}

const again = (queries: QueryClient, ...paths: string[]) => {
  void queries.invalidateQueries({ predicate: (query) => paths.includes(String(query.queryKey[0])) && query.queryKey[1] !== "list" });
};

export function apply(queries: QueryClient, notices: readonly Notice[]): void {
  const kinds = new Set(notices.map((notice) => notice.kind));
  if (kinds.has("refetch")) {
    void queries.invalidateQueries({
      predicate: (query) => String(query.queryKey[0]).startsWith("/api/") && query.queryKey[0] !== "/api/v1/session" && !(query.queryKey[0] === "/api/v1/findings" && query.queryKey[1] === "list"),
    });
    return;
  }
  if (kinds.has("finding")) {
    again(queries, "/api/v1/findings/count", "/api/v1/findings/groups");
    const ids = new Set(notices.flatMap((notice) => (notice.kind === "finding" && notice.id !== undefined ? [notice.id] : [])));
    void queries.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/findings/{id}") && ids.has(String(query.queryKey[1])) });
    if (ids.size <= MOST_ROWS) for (const id of ids) void renew(queries, id);
  }
  if (kinds.has("source")) void queries.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith("/api/v1/sources") });
  if (kinds.has("health")) again(queries, "/api/v1/health", "/api/v1/set-aside");
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { may } = useMe();
  const enabled = may("stream:read");
  const [link, setLink] = useState<Link>(START);
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    if (!enabled) return;
    const made = new Live(browserSurroundings());
    let bundle: Notice[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const taken = bundle;
      bundle = [];
      apply(queries, taken);
    };
    made.onNotice((notice) => {
      bundle.push(notice);
      timer ??= setTimeout(flush, BUNDLE_MS);
    });
    let lost = false;
    made.onLink((next) => {
      setLink(next);
      if (next.state === "lost") {
        if (!lost) void queries.invalidateQueries({ queryKey: ["/api/v1/session"] }); // or the session has ended
        lost = true;
      } else if (next.state === "up" && lost) {
        lost = false;
        apply(queries, [{ kind: "refetch" }]);
      }
    });
    const offline = () => {
      made.cut();
    };
    const online = () => {
      made.retry();
    };
    addEventListener("offline", offline);
    addEventListener("online", online);
    made.start();
    setLive(made);
    return () => {
      removeEventListener("offline", offline);
      removeEventListener("online", online);
      clearTimeout(timer);
      made.stop();
    };
  }, [queries, enabled]);
  const value = useMemo(
    () => ({
      link,
      retry: () => {
        live?.retry();
      },
    }),
    [link, live],
  );
  return <Context value={value}>{children}</Context>;
}
