import { createTheme, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, retainSearchParams, RouterProvider } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError, keepCsrf } from "../api/client";
import { useResource } from "../api/resource";
import { LiveProvider } from "../parts/live";
import { SCOPE } from "../parts/scope";
import { PreferencesProvider, usePreferences } from "../parts/preferences";
import { isLeaving, SessionProvider } from "../parts/session";
import { ErrorBox, Loading } from "../parts/States";
import { LinkPage } from "./firstrun/LinkPage";
import { PAGES } from "./list";
import { Missing, Shell } from "./Shell";
import { SignInPage } from "./signin/SignInPage";

// A 401 anywhere means that the session has ended: ask who is there.
const queries = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: "always" },
    queries: { staleTime: 1000, networkMode: "always", retry: (count, error) => error instanceof ApiError && (error.status === 0 || error.status === 503) && count < 2 },
  },
});
// Nobody was signed in: then the sign-in itself says what is wrong.
const askWho = () => {
  if (queries.getQueriesData({ queryKey: ["/api/v1/session"] }).some(([, data]) => data !== undefined)) void queries.invalidateQueries({ queryKey: ["/api/v1/session"] });
};
queries.getQueryCache().subscribe((event) => {
  const error = event.query.state.error;
  if (event.type === "updated" && event.action.type === "error" && error instanceof ApiError && error.status === 401 && event.query.queryKey[0] !== "/api/v1/session") askWho();
});
queries.getMutationCache().subscribe((event) => {
  const error = event.mutation?.state.error;
  if (event.type === "updated" && event.action.type === "error" && error instanceof ApiError && error.status === 401) askWho();
});

// The chosen organisations go along to every page.
const root = createRootRoute({ component: Shell, notFoundComponent: Missing, search: { middlewares: [retainSearchParams([SCOPE])] } });
const routes = PAGES.map((page) => createRoute({ getParentRoute: () => root, path: page.path, component: lazyRouteComponent(page.load, "Page") }));
const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: "/ui",
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (values) => {
    const text = new URLSearchParams(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))).toString();
    return text ? `?${text}` : "";
  },
});

// Mantine gives behaviour only. Its variables come from files, not from an inline style, so that the policy needs no exception.
const theme = createTheme({ defaultRadius: 3, fontFamily: "var(--font-ui)", respectReducedMotion: true });

// Whoever was signed in and is no longer gets the sign-in over the page: what was typed there is kept.
function SignedIn() {
  const session = useResource("/api/v1/session");
  const [last, setLast] = useState(session.data);
  if (session.data && session.data !== last) setLast(session.data);
  const refused = session.error?.status === 401;
  const me = session.data ?? last;
  if (!me)
    return refused ? (
      <SignInPage />
    ) : session.error ? (
      <ErrorBox
        error={session.error}
        retry={() => {
          void session.refetch();
        }}
      />
    ) : (
      <Loading />
    );
  keepCsrf(me.csrf);
  return (
    <SessionProvider me={me}>
      <LiveProvider>
        <RouterProvider router={router} />
        {refused && !isLeaving() ? (
          <div className="over">
            <SignInPage again />
          </div>
        ) : null}
      </LiveProvider>
    </SessionProvider>
  );
}

// The one-time link works whoever is signed in.
const link = location.pathname === "/ui/first-run" ? new URLSearchParams(location.search).get("link") : null;

function Themed() {
  const { dark } = usePreferences();
  return (
    <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} forceColorScheme={dark ? "dark" : "light"}>
      {link ? <LinkPage link={link} /> : <SignedIn />}
    </MantineProvider>
  );
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <PreferencesProvider>
        <Themed />
      </PreferencesProvider>
    </QueryClientProvider>
  );
}
