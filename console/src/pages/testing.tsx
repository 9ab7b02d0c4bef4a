// For the tests of pages: the page as it is drawn when certain readings stand, loading, or failed. No server, no browser.
import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { ApiError } from "../api/client";
import type { Me } from "../api/types";
import { SessionProvider } from "../parts/session";

export const EVERYTHING = [
  "finding:read",
  "finding:acknowledge",
  "finding:mute",
  "finding:close",
  "source:read",
  "source:write",
  "token:read",
  "token:write",
  "event:read",
  "health:read",
  "user:read",
  "user:write",
  "organisation:read",
  "organisation:write",
  "audit:read",
  "audit:verify",
  "setting:read",
  "backup:run",
  "record:retry",
  "personal:reveal",
  "rule:read",
  "self:read",
];
export const ROOT = "0190a1b2-0000-7000-8000-00000000000a";

export interface Standing {
  path: string;
  query?: Record<string, string>;
  id?: string;
  list?: boolean;
  key?: readonly unknown[]; // of a reading that goes by another key than its path
  data?: unknown;
  error?: ApiError;
}

export async function drawn(page: () => ReactNode, path: string, address: string, standing: readonly Standing[], permissions: readonly string[] = EVERYTHING): Promise<string> {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, retryOnMount: false, staleTime: Infinity } } });
  const all: Standing[] = [
    {
      path: "/api/v1/organisations",
      query: { limit: "1000" },
      data: { items: [{ id: ROOT, name: "Sở Tài chính", parent: null, created: "2026-01-01T00:00:00Z", ended: null, version: 1 }], next: null },
    },
    ...standing,
  ];
  for (const { path: of, query, id, list, key, data, error } of all) {
    const queryKey = key ?? (list ? [of, "list", query ?? {}] : [of, id ?? "", query ?? {}]);
    if (data !== undefined) queries.setQueryData(queryKey, list ? { pages: [data], pageParams: [""] } : data);
    if (error) queries.getQueryCache().build(queries, { queryKey }).setState({ status: "error", error, fetchStatus: "idle" });
  }
  const root = createRootRoute();
  const route = createRoute({ getParentRoute: () => root, path, component: page });
  const router = createRouter({
    routeTree: root.addChildren([route]),
    history: createMemoryHistory({ initialEntries: [address] }),
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (values) => `?${new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString()}`,
  });
  await router.load();
  const me: Me = { name: "user:an", role: "administrator", organisation: null, permissions: [...permissions] };
  return renderToStaticMarkup(
    <QueryClientProvider client={queries}>
      <MantineProvider theme={createTheme({})} withCssVariables={false} withGlobalClasses={false}>
        <SessionProvider me={me}>
          <RouterProvider router={router} />
        </SessionProvider>
      </MantineProvider>
    </QueryClientProvider>,
  );
}
export const refused = new ApiError(503, "the journal cannot write: the disk is full", "unavailable", undefined);
