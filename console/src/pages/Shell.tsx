// The frame of every page: top bar, navigation with badges, watch ribbon, palette, keys, banner when the link is lost.
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { formatClock, formatDate, formatWeekday } from "../base/time";
import { useResource } from "../api/resource";
import { silentFor } from "../api/types";
import { useNow } from "../parts/clock";
import { Hostile } from "../parts/Hostile";
import { Icon, Mark } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { useLive } from "../parts/live";
import { THEMES, usePreferences, useWords } from "../parts/preferences";
import { useMe, useOrganisations } from "../parts/session";
import { Empty } from "../parts/States";
import { useActivity, WatchBar } from "../parts/WatchRibbon";
import { AccountDialog } from "./AccountDialog";
import { KeysDialog } from "./KeysDialog";
import { PAGES } from "./list";
import { Palette, type PaletteEntry } from "./Palette";
import { PersonMenu } from "./PersonMenu";

function useWatch() {
  const now = useNow();
  const { may } = useMe();
  const query = { state: "new", muted: "false" };
  const high = useResource("/api/v1/findings/count", { enabled: may("finding:read"), query: { ...query, level: "high" } });
  const critical = useResource("/api/v1/findings/count", { enabled: may("finding:read"), query: { ...query, level: "critical" } });
  const sources = useResource("/api/v1/sources", { enabled: may("source:read"), query: { limit: "1000" } });
  const live = (sources.data?.items ?? []).filter((source) => source.ended === null);
  const silent = live.filter((source) => source.last_received === null || silentFor(source, now) > 0).length;
  return { now, fresh: (high.data?.count ?? 0) + (critical.data?.count ?? 0), sources: live.length, silent };
}

function Navigation({ watch }: { watch: ReturnType<typeof useWatch> }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const { pathname } = useLocation();
  const activity = useActivity();
  const current = (path: string) => (path === "/" ? pathname === "/" : pathname.startsWith(path));
  return (
    <nav className="nav" aria-label={say("app.pages")}>
      {(["group.watch", "group.know", "group.keep"] as const).map((group) => {
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

// While the link is lost: since when, until the next try, and a button for at once. What was read goes on being shown.
function LostLink() {
  const { say } = useWords();
  const { link, retry } = useLive();
  const now = useNow(1000);
  if (link.state !== "lost") return null;
  return (
    <p className="ban high" role="status" data-testid="lost">
      <Icon name="warn" />
      <b>{say("link.banner", { time: formatClock(link.since) })}</b>
      <span>{say("link.old")}</span>
      <span className="end small nw" aria-hidden="true">
        {say("link.retry", { n: Math.max(0, Math.ceil((link.retryAt - now) / 1000)) })}
      </span>
      <button type="button" className="btn sm" onClick={retry}>
        {say("link.now")}
      </button>
    </p>
  );
}

function TopBar({ now, onPalette, onKeys, onAccount }: { now: number; onPalette: () => void; onKeys: () => void; onAccount: () => void }) {
  const { say, language, number } = useWords();
  const { link } = useLive();
  const { count, names } = useOrganisations();
  const { organisation } = useMe();
  const lost = link.state === "lost";
  return (
    <header className="top">
      <a className="skip" href="#main">
        {say("app.skip")}
      </a>
      <Link className="brand" to="/">
        <Icon name="tower" />
        <span>{say("app.name")}</span>
      </Link>
      <span className="scope">
        <Icon name="units" />
        <b className="cut">{organisation === null ? say("scope.node") : <Hostile text={names.get(organisation) ?? say("host.unknown")} />}</b>
        {count > 0 ? <span className="faint nw">{say("scope.units", { n: number(count) })}</span> : null}
      </span>
      <button type="button" className="command" onClick={onPalette} aria-keyshortcuts="Control+K">
        <Icon name="search" />
        <span className="cut">{say("palette.hint")}</span>
        <span className="kbd end" aria-hidden="true">
          {"Ctrl K"}
        </span>
      </button>
      <div className="end">
        <span className="state dim">
          {lost ? <Mark kind="unknown" tone="c-high" /> : link.state === "up" ? <Mark kind="closed" tone="c-ok" /> : <Mark kind="new" />}
          <span>{say(lost ? "link.lost" : link.state === "up" ? "link.up" : "link.opening")}</span>
        </span>
        <span className="nowtime">
          <b>{formatClock(now)}</b>
          <span className="dim">
            {formatWeekday(now, language)} {formatDate(now)}
          </span>
          <span className="faint">{say("app.zone")}</span>
        </span>
        <PersonMenu onKeys={onKeys} onAccount={onAccount} />
      </div>
    </header>
  );
}

export function Shell() {
  const { say } = useWords();
  const { theme, setTheme, language, setLanguage, density, setDensity } = usePreferences();
  const watch = useWatch();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [open, setOpen] = useState<"" | "keys" | "account" | "palette">("");
  const shut = () => {
    setOpen("");
  };
  const page = PAGES.find((entry) => (entry.path === "/" ? pathname === "/" : pathname.startsWith(entry.path)));
  useEffect(() => {
    document.title = `${watch.fresh > 0 ? `(${String(watch.fresh)}) ` : ""}${page ? say(page.title) : ""} · ${say("app.name")}`;
  }, [page, say, watch.fresh]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setOpen((before) => (before === "palette" ? "" : "palette"));
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, []);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "machine";
  const regions = () => {
    const all = [...document.querySelectorAll<HTMLElement>(".nav a, .main, .rail a, .rail button")].filter(
      (element, at, list) => list.findIndex((other) => other.parentElement?.closest(".nav, .main, .rail") === element.parentElement?.closest(".nav, .main, .rail")) === at,
    );
    const here = all.findIndex((element) => element === document.activeElement || (document.activeElement?.closest(".nav, .rail, .main") ?? null) === element.closest(".nav, .rail, .main"));
    all[(here + 1) % Math.max(1, all.length)]?.focus();
  };
  useKeys({
    "?": () => {
      setOpen("keys");
    },
    "/": () => {
      setOpen("palette");
    },
    t: () => {
      setTheme(next);
    },
    F6: regions,
    ...Object.fromEntries(
      PAGES.filter((entry) => entry.key).map((entry) => [
        `g ${entry.key ?? ""}`,
        () => {
          void navigate({ to: entry.path });
        },
      ]),
    ),
  });
  const own = useMemo((): PaletteEntry[] => {
    const entry = (text: string, run: () => void, key?: string): PaletteEntry => ({ group: "palette.do", text, icon: <Icon name="gear" />, key, run });
    return [
      entry(
        say("palette.theme", { what: say(`theme.${next}`) }),
        () => {
          setTheme(next);
        },
        "T",
      ),
      entry(say(language === "vi" ? "palette.english" : "palette.vietnamese"), () => {
        setLanguage(language === "vi" ? "en" : "vi");
      }),
      entry(say(density === "comfortable" ? "palette.compact" : "palette.comfortable"), () => {
        setDensity(density === "comfortable" ? "compact" : "comfortable");
      }),
      entry(say("account.title"), () => {
        setOpen("account");
      }),
      entry(
        say("me.keys"),
        () => {
          setOpen("keys");
        },
        "?",
      ),
    ];
  }, [say, next, setTheme, language, setLanguage, density, setDensity]);
  return (
    <div className="app">
      <TopBar
        now={watch.now}
        onPalette={() => {
          setOpen("palette");
        }}
        onKeys={() => {
          setOpen("keys");
        }}
        onAccount={() => {
          setOpen("account");
        }}
      />
      <Navigation watch={watch} />
      <main className="main" id="main" tabIndex={-1}>
        <LostLink />
        <Outlet />
      </main>
      {open === "account" ? <AccountDialog onClose={shut} /> : null}
      {open === "keys" ? <KeysDialog onClose={shut} /> : null}
      {open === "palette" ? <Palette own={own} onClose={shut} /> : null}
    </div>
  );
}

export function Missing() {
  const { say } = useWords();
  return <Empty title={say("missing")} />;
}
