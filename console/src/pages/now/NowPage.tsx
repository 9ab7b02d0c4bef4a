import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { formatClock, formatTime } from "../../base/time";
import { useList, useResource } from "../../api/resource";
import { silentFor, type Finding, type Level, type Source } from "../../api/types";
import { useNow } from "../../parts/clock";
import { useDeeds } from "../../parts/deeds";
import { Hostile } from "../../parts/Hostile";
import { Icon, LevelGlyph, Mark } from "../../parts/Icon";
import { Severity } from "../../parts/Labels";
import { usePageKeys } from "../../parts/page_keys";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe, useOrganisations } from "../../parts/session";
import { ErrorBox, Loading } from "../../parts/States";
import { leaveTrail } from "../../parts/trail";
import { FirstSteps } from "./FirstSteps";
import { DueClocks, NowCases } from "./NowCases";
import { Rail } from "./Rail";

const MOST = 10;
const DONE_MS = 12 * 3_600_000; // a shift

function FindingRow({ finding, at, onFocus }: { finding: Finding; at: boolean; onFocus: () => void }) {
  const { say, number, ruleTitle } = useWords();
  const { names } = useOrganisations();
  return (
    <div className={at ? "r on" : "r"} data-finding={finding.id} onFocus={onFocus}>
      <Severity level={finding.level} />
      <div style={{ minWidth: 0 }}>
        <div className="t">
          <Hostile text={ruleTitle(finding.rule)} />
        </div>
        <div className="s cut">
          <span className="mono">
            <Hostile text={finding.entity} />
          </span>
          {" · "}
          {formatTime(finding.last_seen)}
        </div>
      </div>
      <div className="clamp">
        <Hostile text={names.get(finding.organisation) ?? say("host.unknown")} />
      </div>
      <div className="s">
        {say("five.score", { n: number(finding.score) })}
        <br />
        {say("now.events", { n: number(finding.count) })}
      </div>
      <Link className={at ? "btn pri" : "btn"} to="/findings/$id" params={{ id: finding.id }}>
        {say("do.why")}
      </Link>
    </div>
  );
}

function SilentRow({ source, now }: { source: Source; now: number }) {
  const { say, span } = useWords();
  const { names } = useOrganisations();
  return (
    <div className="r">
      <span>
        <span className="silence">
          <Icon name="unknown" />
          {say("sources.silent", { time: span(silentFor(source, now)) })}
        </span>
      </span>
      <div>
        <div className="t">
          <Hostile text={source.name} />
        </div>
        <div className="s">{source.last_received ? say("now.silent.text", { time: formatTime(source.last_received) }) : ""}</div>
      </div>
      <div className="clamp">
        <Hostile text={names.get(source.organisation) ?? ""} />
      </div>
      <div className="s">{say("now.silent.ground")}</div>
      <Link className="btn" to="/sources/$id" params={{ id: source.id }}>
        {say("now.open")}
      </Link>
    </div>
  );
}

// What was taken or closed in this shift.
function Done({ now }: { now: number }) {
  const { say, number, ruleTitle } = useWords();
  const { names } = useOrganisations();
  const { name } = useMe();
  const { scoped } = useScope();
  const mine = useResource("/api/v1/findings", { query: { assignee: name, limit: "20", ...scoped } });
  const taken = useResource("/api/v1/findings", { query: { state: "acknowledged", limit: "20", ...scoped } });
  const closed = useResource("/api/v1/findings", { query: { state: "closed", limit: "20", ...scoped } });
  const recent = [
    ...new Map(
      [...(closed.data?.items ?? []), ...(taken.data?.items ?? []), ...(mine.data?.items ?? [])].filter((finding) => finding.state !== "new").map((finding) => [finding.id, finding]),
    ).values(),
  ]
    .filter((finding) => now - new Date(finding.last_seen).getTime() < DONE_MS)
    .slice(0, 5);
  if (recent.length === 0) return null;
  return (
    <>
      <h2>
        <Icon name="check" />
        {say("now.done")}
        <span className="dim">{number(recent.length)}</span>
      </h2>
      {recent.map((finding) => (
        <div key={finding.id} className="done">
          <span className="dim mono nw">{formatClock(finding.last_seen)}</span>
          <Mark kind={finding.state} tone={finding.state === "closed" ? "c-ok" : ""} />
          <Link className="cut" to="/findings/$id" params={{ id: finding.id }}>
            <Hostile text={ruleTitle(finding.rule)} />
          </Link>
          <span className="dim cut">
            <Hostile text={names.get(finding.organisation) ?? ""} />
          </span>
          <span className="faint nw end">{say(`state.${finding.state}`)}</span>
        </div>
      ))}
    </>
  );
}

function useFresh(level: Level) {
  const { scoped } = useScope();
  return useList("/api/v1/findings", { query: { state: "new", muted: "false", level, limit: String(MOST), ...scoped } });
}

function useNeeds() {
  const { may } = useMe();
  const { scoped } = useScope();
  const critical = useFresh("critical");
  const high = useFresh("high");
  const counts = useResource("/api/v1/findings/count", { query: { state: "new", muted: "false", level: "critical", ...scoped } });
  const highCount = useResource("/api/v1/findings/count", { query: { state: "new", muted: "false", level: "high", ...scoped } });
  const sources = useResource("/api/v1/sources", { enabled: may("source:read"), query: { limit: "1000", ...scoped } });
  const findings = [...(critical.data ?? []).slice(0, MOST), ...(high.data ?? []).slice(0, MOST)].filter((finding) => finding.state === "new").slice(0, MOST);
  const total = Math.max(findings.length, (counts.data?.count ?? 0) + (highCount.data?.count ?? 0));
  // Quiet is said only when everything was asked, answered, and came back empty.
  const readings = [counts, highCount, critical, high];
  const asked = readings.every((reading) => reading.data !== undefined && !reading.error);
  const error = readings.find((reading) => reading.error)?.error ?? null;
  return {
    findings,
    total,
    asked,
    error,
    sources,
    critical,
    high,
    checkedAt: Math.max(counts.dataUpdatedAt, high.dataUpdatedAt),
    refetch: () => {
      void critical.refetch();
      void high.refetch();
      void counts.refetch();
      void highCount.refetch();
    },
  };
}

export function Page() {
  const { say, number } = useWords();
  const now = useNow();
  const { may } = useMe();
  const navigate = useNavigate();
  const [focus, setFocus] = useState(0);
  const deeds = useDeeds();
  const { findings, total, asked, error, sources, critical, high, checkedAt, refetch } = useNeeds();
  const live = (sources.data?.items ?? []).filter((source) => source.ended === null);
  const silent = live.filter((source) => silentFor(source, now) > 0);
  const quiet = asked && total === 0;
  const waiting = Math.max(0, total - findings.length);
  const heard = live.filter((source) => source.last_received !== null).length - silent.length;
  // An empty list has no row that could move under the hand: what is new is shown at once.
  const [readHigh, readCritical] = [high.refetch, critical.refetch];
  const empty = findings.length === 0 && total > 0;
  useEffect(() => {
    if (empty) void Promise.all([readHigh(), readCritical()]);
  }, [empty, readHigh, readCritical]);
  const ids = findings.map((finding) => finding.id).join(" ");
  useEffect(() => {
    leaveTrail(ids === "" ? [] : ids.split(" "));
  }, [ids]);
  const at = Math.min(focus, findings.length - 1);
  const one = findings[at];
  const box = useRef<HTMLElement>(null);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(findings.length - 1, to));
    setFocus(next);
    box.current?.querySelectorAll(".r[data-finding]")[next]?.scrollIntoView({ block: "nearest" });
  };
  usePageKeys([
    {
      keys: ["j", "ArrowDown"],
      shown: "J ↓",
      words: "keys.down",
      action: () => {
        move(at + 1);
      },
    },
    {
      keys: ["k", "ArrowUp"],
      shown: "K ↑",
      words: "keys.up",
      action: () => {
        move(at - 1);
      },
    },
    {
      keys: ["Enter"],
      shown: "Enter",
      words: "keys.open",
      action: () => {
        if (one) void navigate({ to: "/findings/$id", params: { id: one.id } });
      },
    },
    {
      keys: ["a"],
      shown: "A",
      words: "keys.acknowledge",
      ...(one && may("finding:acknowledge")
        ? {
            action: () => {
              void deeds.acknowledge([one]).then(refetch);
            },
          }
        : {}),
    },
    { keys: [".", "u"], shown: ". U", words: "keys.show", action: refetch },
  ]);
  return (
    <>
      <div className="head row">
        <h1>{say("page.now")}</h1>
        <span className="dim">{say("checked", { time: formatClock(checkedAt, true) })}</span>
        {waiting > 0 && findings.length > 0 && findings.length < MOST ? (
          <button type="button" className="btn sm end c-acc" onClick={refetch}>
            <Icon name="up" />
            {say("findings.new", { n: number(waiting) })}
            <span className="kbd">{"."}</span>
          </button>
        ) : null}
      </div>
      <div className="cols">
        <section className="q" aria-label={say("now.needs")} ref={box}>
          <div className="hdr">
            <span>{say("col.level")}</span>
            <span>{say("now.needs")}</span>
            <span>{say("col.whose")}</span>
            <span>{say("col.score")}</span>
            <span>{say("col.next")}</span>
          </div>
          <DueClocks />
          {error ? <ErrorBox error={error} retry={refetch} /> : null}
          {deeds.error ? <ErrorBox error={deeds.error} /> : null}
          {total > 0 || !asked ? (
            <h2>
              <LevelGlyph level="critical" />
              {say("now.findings")}
              <span className="dim">{number(total)}</span>
              {total > findings.length ? (
                <Link className="small" to="/findings" search={{ state: "new" }}>
                  {say("now.all", { n: number(total) })}
                </Link>
              ) : null}
            </h2>
          ) : null}
          {!asked && !error ? <Loading /> : null}
          {findings.map((finding, index) => (
            <FindingRow
              key={finding.id}
              finding={finding}
              at={index === at}
              onFocus={() => {
                setFocus(index);
              }}
            />
          ))}
          {quiet ? (
            <div className="pad">
              <p className="state">
                <Mark kind="closed" tone="c-ok" />
                <b className="c-ok">{say("now.quiet.text")}</b>
              </p>
              <p className="dim">
                {say("checked", { time: formatClock(checkedAt, true) })}
                {" · "}
                {live.length > 0 ? say("now.heard", { n: number(heard), m: number(live.length) }) : say("now.nosources")}
              </p>
            </div>
          ) : null}
          <NowCases />
          {silent.length > 0 ? (
            <h2 className="c-unk">
              <Icon name="source" />
              {say("now.silent")}
              <span className="dim">{number(silent.length)}</span>
            </h2>
          ) : null}
          {silent.slice(0, 50).map((source) => (
            <SilentRow key={source.id} source={source} now={now} />
          ))}
          <Done now={now} />
        </section>
        <Rail sources={live} silent={silent} checkedAt={checkedAt} quiet={quiet}>
          <FirstSteps />
        </Rail>
      </div>
    </>
  );
}
