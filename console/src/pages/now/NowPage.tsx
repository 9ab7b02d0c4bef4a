import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { formatClock, formatTime } from "../../base/time";
import { readHealth } from "../../api/health";
import { useList, useResource } from "../../api/resource";
import { silentFor, type Finding, type Level, type Source } from "../../api/types";
import { useNow } from "../../parts/clock";
import { Hostile } from "../../parts/Hostile";
import { Icon, LevelGlyph, Mark } from "../../parts/Icon";
import { useKeys } from "../../parts/keys";
import { Severity } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useMe, useOrganisations } from "../../parts/session";
import { Shown } from "../../parts/States";

const EVERY = 10_000;
const MOST = 10;
const LAG = 100_000;

function FindingRow({ finding }: { finding: Finding }) {
  const { say, number } = useWords();
  const { names } = useOrganisations();
  return (
    <div className="r">
      <Severity level={finding.level} />
      <div style={{ minWidth: 0 }}><div className="t cut"><Hostile text={finding.rule.title} /></div><div className="s cut">{formatTime(finding.last_seen)}{" · "}<span className="mono"><Hostile text={finding.entity} /></span></div></div>
      <div className="cut"><Hostile text={names.get(finding.organisation) ?? say("host.unknown")} /></div>
      <div className="s">{say("five.score", { n: number(finding.score) })}<br />{say("now.events", { n: number(finding.count) })}</div>
      <Link className="btn" to="/findings/$id" params={{ id: finding.id }}>{say("do.why")}</Link>
    </div>
  );
}

function useFresh(level: Level) {
  return useList("/api/v1/findings", { query: { state: "new", muted: "false", level, limit: String(MOST) } });
}

function SilentRow({ source, now }: { source: Source; now: number }) {
  const { say, span } = useWords();
  const { names } = useOrganisations();
  return (
    <div className="r">
      <span><span className="silence"><Icon name="unknown" />{say("sources.silent", { time: span(silentFor(source, now)) })}</span></span>
      <div><div className="t"><Hostile text={source.name} /></div><div className="s">{source.last_received ? say("now.silent.text", { time: formatTime(source.last_received) }) : ""}</div></div>
      <div className="cut"><Hostile text={names.get(source.organisation) ?? ""} /></div>
      <div className="s">{say("now.silent.ground")}</div>
      <Link className="btn" to="/sources">{say("now.open")}</Link>
    </div>
  );
}

function Check({ good, children, time }: { good: boolean; children: ReactNode; time: string }) {
  return <li><Mark kind={good ? "closed" : "refused"} tone={good ? "c-ok" : "c-critical"} /><span>{children}</span><span className="faint nw">{time}</span></li>;
}

function Rail({ sources, silent, checkedAt, quiet }: { sources: Source[]; silent: number; checkedAt: number; quiet: boolean }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const health = useResource("/api/v1/health", { enabled: may("health:read"), every: EVERY });
  const report = health.data ? readHealth(health.data) : null;
  const at = formatClock(health.dataUpdatedAt);
  const sum = (pick: (source: Source) => number) => sources.reduce((total, source) => total + pick(source), 0);
  const unparsed = sum((source) => source.counters.unparsed);
  const late = sum((source) => source.counters.late);
  const waiting = sources.filter((source) => source.last_received === null).length;
  return (
    <aside className="rail">
      <section className="sec"><header><h2>{say("now.watch")}</h2><span className="end faint">{say("app.zone")}</span></header><p>{say("now.heard", { n: number(sources.length - silent - waiting), m: number(sources.length) })}</p><p className="bar" aria-hidden="true"><i style={{ flex: sources.length - silent - waiting }} /><i className="gap" style={{ flex: silent + waiting }} /></p></section>
      <section className="sec"><header><h2>{say("now.quiet")}</h2><span className="end faint">{formatClock(checkedAt, true)}</span></header>
        <ul className="checks">
          {quiet ? <Check good time={formatClock(checkedAt)}>{say("now.quiet.text")}</Check> : null}
          {report ? <><Check good={report.writable} time={at}>{report.writable ? say("now.journal.ok") : <>{say("now.journal.bad")}{": "}<Hostile text={report.reason} /></>}</Check>
            <Check good={report.lag < LAG} time={at}>{report.lag < LAG ? say("now.lag.ok") : say("now.lag.bad", { n: number(report.lag) })}</Check>
            <Check good={report.setAside.length === 0} time={at}>{report.setAside.length === 0 ? say("now.aside.ok") : say("now.aside.bad", { n: number(report.setAside.length) })}</Check></> : null}
        </ul>
      </section>
      <section className="sec"><header><h2>{say("now.unseen")}</h2></header>
        <ul className="checks">
          {sources.length === 0 ? <li><Mark kind="unknown" tone="c-unk" /><Link to="/sources">{say("now.nosources")}</Link></li> : null}
          {waiting > 0 ? <li><Mark kind="unknown" tone="c-unk" /><Link to="/sources">{say("now.waiting", { n: number(waiting) })}</Link></li> : null}
          {silent > 0 ? <li><Mark kind="unknown" tone="c-unk" /><Link to="/sources">{say("badge.silent", { n: number(silent) })}</Link></li> : null}
          <li><Mark kind={unparsed > 0 ? "unknown" : "closed"} tone={unparsed > 0 ? "c-unk" : "c-ok"} /><Link to="/sources">{say("now.unparsed", { n: number(unparsed) })}</Link></li>
          <li><Mark kind={late > 0 ? "unknown" : "closed"} tone={late > 0 ? "c-unk" : "c-ok"} /><Link to="/sources">{say("now.late", { n: number(late) })}</Link></li>
        </ul>
      </section>
    </aside>
  );
}

export function Page() {
  const { say, number } = useWords();
  const now = useNow();
  const { may } = useMe();
  const critical = useFresh("critical");
  const high = useFresh("high");
  const counts = useResource("/api/v1/findings/count", { every: EVERY, query: { state: "new", muted: "false", level: "critical" } });
  const highCount = useResource("/api/v1/findings/count", { every: EVERY, query: { state: "new", muted: "false", level: "high" } });
  const sources = useResource("/api/v1/sources", { enabled: may("source:read"), every: EVERY, query: { limit: "1000" } });
  const live = (sources.data?.items ?? []).filter((source) => source.ended === null);
  const silent = live.filter((source) => silentFor(source, now) > 0);
  const findings = [...(critical.data ?? []).slice(0, MOST), ...(high.data ?? []).slice(0, MOST)].slice(0, MOST);
  const total = Math.max(findings.length, (counts.data?.count ?? 0) + (highCount.data?.count ?? 0));
  // Quiet is said only when everything was asked, answered, and came back empty.
  const asked = [counts, highCount, critical, high].every((reading) => reading.data !== undefined && !reading.error);
  const quiet = asked && total === 0;
  const waiting = Math.max(0, total - (critical.data?.length ?? 0) - (high.data?.length ?? 0));
  const heard = live.filter((source) => source.last_received !== null).length - silent.length;
  const refresh = () => { void critical.refetch(); void high.refetch(); };
  // An empty list has no row that could move under the hand: what is new is shown at once.
  const [readHigh, readCritical] = [high.refetch, critical.refetch];
  const empty = findings.length === 0 && total > 0;
  useEffect(() => {
    if (empty) void Promise.all([readHigh(), readCritical()]);
  }, [empty, readHigh, readCritical]);
  useKeys({ ".": refresh });
  return (
    <>
      <div className="head row"><h1>{say("page.now")}</h1><span className="dim">{say("checked", { time: formatClock(Math.max(counts.dataUpdatedAt, high.dataUpdatedAt), true) })}</span>
        {waiting > 0 && findings.length > 0 && findings.length < MOST ? <button type="button" className="btn sm end c-acc" onClick={refresh}><Icon name="up" />{say("findings.new", { n: number(waiting) })}<span className="kbd">{"."}</span></button> : null}
      </div>
      <div className="cols">
        <section className="q" aria-label={say("now.needs")}>
          <div className="hdr"><span>{say("col.level")}</span><span>{say("now.needs")}</span><span>{say("col.whose")}</span><span>{say("col.score")}</span><span>{say("col.next")}</span></div>
          <h2><LevelGlyph level="critical" />{say("now.findings")}<span className="dim">{number(total)}</span>{total > findings.length ? <Link className="small" to="/findings" search={{ state: "new" }}>{say("now.all", { n: number(total) })}</Link> : null}</h2>
          <Shown reading={critical}>{() => null}</Shown>
          <Shown reading={high}>{() => findings.length > 0 ? findings.map((finding) => <FindingRow key={finding.id} finding={finding} />) : !quiet ? null : <p className="pad quiet"><Mark kind="closed" tone="c-ok" /><span>{say("now.quiet.text")}{". "}<span className="dim">{say("checked", { time: formatClock(high.dataUpdatedAt, true) })}{" · "}{say("now.heard", { n: number(heard), m: number(live.length) })}</span></span></p>}</Shown>
          {silent.length > 0 ? <h2 className="c-unk"><Icon name="source" />{say("now.silent")}<span className="dim">{number(silent.length)}</span></h2> : null}
          {silent.slice(0, 50).map((source) => <SilentRow key={source.id} source={source} now={now} />)}
        </section>
        <Rail sources={live} silent={silent.length} checkedAt={counts.dataUpdatedAt} quiet={quiet} />
      </div>
    </>
  );
}
