// The frame of every page: top bar, navigation with badges, watch ribbon, banner when the link is lost.
import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { formatClock, formatDate, formatWeekday } from "../base/time";
import { useChange, useResource } from "../api/resource";
import { silentFor } from "../api/types";
import { useNow } from "../parts/clock";
import { Dialog } from "../parts/Dialog";
import { Hostile } from "../parts/Hostile";
import { Icon, Mark } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { useListedPageKeys } from "../parts/page_keys";
import { THEMES, usePreferences, useWords } from "../parts/preferences";
import { useMe, useOrganisations } from "../parts/session";
import { Empty } from "../parts/States";
import { PAGES } from "./list";
import { SecondFactorDialog } from "./SecondFactor";

const EVERY = 10_000;

function useWatch() {
  const now = useNow();
  const { may } = useMe();
  const query = { state: "new", muted: "false" };
  const high = useResource("/api/v1/findings/count", { enabled: may("finding:read"), every: EVERY, query: { ...query, level: "high" } });
  const critical = useResource("/api/v1/findings/count", { enabled: may("finding:read"), every: EVERY, query: { ...query, level: "critical" } });
  const sources = useResource("/api/v1/sources", { enabled: may("source:read"), every: EVERY, query: { limit: "1000" } });
  const live = (sources.data?.items ?? []).filter((source) => source.ended === null);
  const silent = live.filter((source) => source.last_received === null || silentFor(source, now) > 0).length;
  const lost = high.error?.status === 0 || (high.failureReason?.status === 0 && high.failureCount > 0);
  return { now, fresh: (high.data?.count ?? 0) + (critical.data?.count ?? 0), sources: live.length, silent, lost, since: high.dataUpdatedAt };
}

function PersonMenu({ onKeys, onSecond }: { onKeys: () => void; onSecond: () => void }) {
  const { say, language } = useWords();
  const { theme, setTheme, setLanguage } = usePreferences();
  const { name } = useMe();
  const queries = useQueryClient();
  const signOut = useChange("delete", "/api/v1/session");
  const tick = (on: boolean) => <span style={{ width: "16px", display: "inline-block" }}>{on ? <Icon name="check" /> : null}</span>;
  return (
    <Menu position="bottom-end" width={230} transitionProps={{ duration: 0 }}>
      <Menu.Target><button type="button" className="who" data-testid="person"><span className="ava">{name.slice(0, 2).toUpperCase()}</span><bdi>{name}</bdi><Icon name="down" /></button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("me.language")}</Menu.Label>
        <Menu.Item leftSection={tick(language === "vi")} onClick={() => { setLanguage("vi"); }}>{say("me.vi")}</Menu.Item>
        <Menu.Item leftSection={tick(language === "en")} onClick={() => { setLanguage("en"); }}>{say("me.en")}</Menu.Item>
        <Menu.Label>{say("me.theme")}</Menu.Label>
        {THEMES.map((name) => <Menu.Item key={name} leftSection={tick(theme === name)} onClick={() => { setTheme(name); }}>{say(`theme.${name}`)}</Menu.Item>)}
        <Menu.Divider />
        <Menu.Item onClick={onSecond}>{say("second.title")}</Menu.Item>
        <Menu.Item onClick={onKeys}>{say("me.keys")}</Menu.Item>
        <Menu.Item onClick={() => { signOut.mutate({}, { onSuccess: () => { queries.clear(); void queries.resetQueries(); location.assign("/ui/"); } }); }}>{say("me.out")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function KeysDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const rows = [["J K", "keys.move"], ["Enter", "keys.open"], ["X", "keys.select"], ["A", "keys.acknowledge"], ["M", "keys.mute"], [".", "keys.show"], ["Esc", "keys.clear"], ["G + T P N Q", "keys.go"], ["T", "keys.theme"], ["?", "keys.help"]] as const;
  const own = useListedPageKeys();
  return <Dialog title={say("keys.title")} onClose={onClose}><dl className="kv">{own.map((entry) => [<dt key={entry.shown}><span className="kbd">{entry.shown}</span></dt>, <dd key={entry.words}>{say(entry.words)}</dd>])}{rows.map(([key, words]) => [<dt key={key}><span className="kbd">{key}</span></dt>, <dd key={words}>{say(words)}</dd>])}</dl></Dialog>;
}

function Navigation({ watch }: { watch: ReturnType<typeof useWatch> }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const { pathname } = useLocation();
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
              {page.icon ? <Icon name={page.icon} /> : null}<span>{say(page.title)}</span>
              {page.path === "/findings" && watch.fresh > 0 ? <span className="badge" role="img" aria-label={say("badge.findings", { n: number(watch.fresh) })}>{watch.fresh > 99 ? "99+" : watch.fresh}</span> : null}
              {page.path === "/sources" && watch.silent > 0 ? <span className="badge unk" role="img" aria-label={say("badge.silent", { n: number(watch.silent) })}>{watch.silent > 99 ? "99+" : watch.silent}</span> : null}
            </Link>
          )),
        ];
      })}
      <Link to="/sources" className="ribbon"><span className="row"><b>{say("now.watch")}</b><span className="end nw">{number(watch.sources - watch.silent)}{"/"}{number(watch.sources)}</span></span><span className="bar" aria-hidden="true"><i style={{ flex: watch.sources - watch.silent }} /><i className="gap" style={{ flex: watch.silent }} /></span></Link>
    </nav>
  );
}

export function Shell() {
  const { say, language, number } = useWords();
  const { theme, setTheme } = usePreferences();
  const watch = useWatch();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { count, names } = useOrganisations();
  const { organisation } = useMe();
  const [keys, setKeys] = useState(false);
  const [second, setSecond] = useState(false);
  const page = PAGES.find((entry) => (entry.path === "/" ? pathname === "/" : pathname.startsWith(entry.path)));
  useEffect(() => { document.title = `${watch.fresh > 0 ? `(${String(watch.fresh)}) ` : ""}${page ? say(page.title) : ""} · ${say("app.name")}`; }, [page, say, watch.fresh]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "machine";
  useKeys({ "?": () => { setKeys(true); }, t: () => { setTheme(next); }, ...Object.fromEntries(PAGES.filter((entry) => entry.key).map((entry) => [`g ${entry.key ?? ""}`, () => { void navigate({ to: entry.path }); }])) });
  return (
    <div className="app">
      <header className="top">
        <a className="skip" href="#main">{say("app.skip")}</a>
        <Link className="brand" to="/"><Icon name="tower" />{say("app.name")}</Link>
        <span className="scope"><Icon name="units" /><b>{organisation === null ? say("scope.node") : <Hostile text={names.get(organisation) ?? say("host.unknown")} />}</b>{count > 0 ? <span className="faint">{say("scope.units", { n: number(count) })}</span> : null}</span>
        <div className="end">
          <span className="state dim">{watch.lost ? <Mark kind="unknown" tone="c-high" /> : <Mark kind="closed" tone="c-ok" />}{say(watch.lost ? "link.lost" : "link.up")}</span>
          <span className="nowtime"><b>{formatClock(watch.now)}</b><span className="dim">{formatWeekday(watch.now, language)}{" "}{formatDate(watch.now)}</span><span className="faint">{say("app.zone")}</span></span>
          <PersonMenu onKeys={() => { setKeys(true); }} onSecond={() => { setSecond(true); }} />
        </div>
      </header>
      <Navigation watch={watch} />
      <main className="main" id="main" tabIndex={-1}>
        {watch.lost ? <p className="ban high" role="status"><Icon name="warn" />{say("link.banner", { time: formatClock(watch.since) })}</p> : null}
        <Outlet />
      </main>
      {second ? <SecondFactorDialog onClose={() => { setSecond(false); }} /> : null}
      {keys ? <KeysDialog onClose={() => { setKeys(false); }} /> : null}
    </div>
  );
}

export function Missing() {
  const { say } = useWords();
  return <Empty title={say("missing")} />;
}
