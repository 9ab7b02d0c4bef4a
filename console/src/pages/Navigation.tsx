// The pages, with badges that count work that waits, and the watch ribbon at the foot.
import { Link, useLocation } from "@tanstack/react-router";
import { useResource } from "../api/resource";
import { silentFor } from "../api/types";
import { useNow } from "../parts/clock";
import { Icon } from "../parts/Icon";
import { useWords } from "../parts/preferences";
import { useScope } from "../parts/scope";
import { useMe } from "../parts/session";
import { useActivity, WatchBar } from "../parts/WatchRibbon";
import { PAGES } from "./list";

export function useWatch() {
  const now = useNow();
  const { may } = useMe();
  const { scoped } = useScope();
  const query = { state: "new", muted: "false", ...scoped };
  const high = useResource("/api/v1/findings/count", { enabled: may("finding:read"), query: { ...query, level: "high" } });
  const critical = useResource("/api/v1/findings/count", { enabled: may("finding:read"), query: { ...query, level: "critical" } });
  const sources = useResource("/api/v1/sources", { enabled: may("source:read"), query: { limit: "1000", ...scoped } });
  const claims = useResource("/api/v1/facts", { enabled: may("directory:approve"), query: { state: "proposed", limit: "100" } });
  const live = (sources.data?.items ?? []).filter((source) => source.ended === null);
  const silent = live.filter((source) => source.last_received === null || silentFor(source, now) > 0).length;
  return { now, fresh: (high.data?.count ?? 0) + (critical.data?.count ?? 0), sources: live.length, silent, claims: claims.data?.items.length ?? 0 };
}

export function Navigation({ watch }: { watch: ReturnType<typeof useWatch> }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const { pathname } = useLocation();
  const activity = useActivity();
  const current = (path: string) => (path === "/" ? pathname === "/" : pathname.startsWith(path));
  return (
    <nav className="nav" aria-label={say("app.pages")}>
      {(["group.watch", "group.work", "group.know", "group.keep"] as const).map((group) => {
        const pages = PAGES.filter((page) => page.group === group && may(page.permission));
        if (pages.length === 0) return null;
        return [
          <h2 key={group}>{say(group)}</h2>,
          ...pages.map((page) => (
            <Link key={page.path} to={page.path} aria-current={current(page.path) ? "page" : undefined} title={say(page.title)}>
              {page.icon ? <Icon name={page.icon} /> : null}
              <span>{say(page.title)}</span>
              {page.path === "/findings" && watch.fresh > 0 ? (
                <span className="badge" role="img" aria-label={say("badge.findings", { n: number(watch.fresh) })}>
                  {watch.fresh > 99 ? "99+" : watch.fresh}
                </span>
              ) : null}
              {page.path === "/directory" && watch.claims > 0 ? (
                <span className="badge" role="img" aria-label={say("badge.claims", { n: number(watch.claims) })}>
                  {watch.claims > 99 ? "99+" : watch.claims}
                </span>
              ) : null}
              {page.path === "/sources" && watch.silent > 0 ? (
                <span className="badge unk" role="img" aria-label={say("badge.silent", { n: number(watch.silent) })}>
                  {watch.silent > 99 ? "99+" : watch.silent}
                </span>
              ) : null}
            </Link>
          )),
        ];
      })}
      <Link to="/sources" className="ribbon">
        <span className="row">
          <b>{say("now.watch")}</b>
          <span className="end nw">
            {number(watch.sources - watch.silent)}
            {"/"}
            {number(watch.sources)}
          </span>
        </span>
        {activity.data ? <WatchBar activity={activity.data} /> : null}
      </Link>
    </nav>
  );
}
