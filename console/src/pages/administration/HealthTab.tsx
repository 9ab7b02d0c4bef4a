import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatClock, formatTime } from "../../base/time";
import { readHealth, type ArchiveHealth } from "../../api/health";
import { useResource } from "../../api/resource";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { Rebuild } from "./Rebuild";

const LAG = 100_000;
const FEW_DAYS = 30;

function Good({ fine, children }: { fine: boolean; children: ReactNode }) {
  return (
    <span className="state" style={{ whiteSpace: "normal" }}>
      <Mark kind={fine ? "closed" : "refused"} tone={fine ? "c-ok" : "c-critical"} />
      <span>{children}</span>
    </span>
  );
}

// The archive and how long the disk lasts at the rate of the last week.
function Archive({ archive }: { archive: ArchiveHealth }) {
  const { say, number, bytes } = useWords();
  const { may } = useMe();
  const sources = useResource("/api/v1/sources", { query: { limit: "1000" }, enabled: may("source:read") });
  const names = new Map((sources.data?.items ?? []).map((source) => [source.id, source.name]));
  const most = Math.max(1, ...archive.sources.map((cost) => cost.bytes));
  const days = archive.daysLeft;
  return (
    <section className="sec wide">
      <header>
        <h2>{say("health.archive")}</h2>
      </header>
      <dl className="kv wide">
        <dt>{say("health.trouble")}</dt>
        <dd>
          <Good fine={archive.trouble === ""}>{archive.trouble === "" ? say("health.none") : <Hostile text={archive.trouble} />}</Good>
        </dd>
        <dt>{say("health.events")}</dt>
        <dd>
          {number(archive.events)}
          {" · "}
          {bytes(archive.bytes)}
        </dd>
        <dt>{say("health.oldest")}</dt>
        <dd>{archive.oldest ? formatTime(archive.oldest) : <span className="faint">{say("health.none")}</span>}</dd>
        <dt>{say("health.perday")}</dt>
        <dd>{archive.perDay > 0 ? bytes(archive.perDay) : <span className="c-unk">{say("health.norate")}</span>}</dd>
        <dt>{say("health.free")}</dt>
        <dd>{archive.free === null ? <span className="c-unk">{say("health.unknown")}</span> : bytes(archive.free)}</dd>
        <dt>{say("health.full")}</dt>
        <dd>
          {days === null ? (
            <span className="state c-unk">
              <Mark kind="unknown" tone="c-unk" />
              {say("health.norate")}
            </span>
          ) : (
            <Good fine={days > FEW_DAYS}>{days > 3650 ? say("health.decade") : say("health.days", { n: number(Math.floor(days)), time: formatTime(Date.now() + days * 86_400_000) })}</Good>
          )}
        </dd>
        {archive.damage + archive.missing > 0 ? (
          <>
            <dt>{say("health.damage")}</dt>
            <dd>
              <Good fine={false}>{number(archive.damage + archive.missing)}</Good>
            </dd>
          </>
        ) : null}
        <dt>{say("rebuild.title")}</dt>
        <dd>
          <Rebuild />
        </dd>
      </dl>
      {archive.sources.length > 0 ? (
        <table className="tbl" style={{ maxWidth: "44rem" }}>
          <caption className="small faint" style={{ textAlign: "left" }}>
            {say("health.costs")}
          </caption>
          <tbody>
            {archive.sources.slice(0, 10).map((cost) => (
              <tr key={cost.source}>
                <td>
                  <Link to="/sources/$id" params={{ id: cost.source }}>
                    <Hostile text={names.get(cost.source) ?? cost.source} />
                  </Link>
                </td>
                <td style={{ width: "40%" }}>
                  <span className="meter">
                    <i style={{ width: `${String((cost.bytes / most) * 100)}%` }} />
                  </span>
                </td>
                <td className="num">{bytes(cost.bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

export function HealthTab() {
  const { say, why, number, bytes } = useWords();
  const reading = useResource("/api/v1/health", { every: 10_000 });
  return (
    <Shown reading={reading}>
      {(raw) => {
        const health = readHealth(raw);
        return (
          <>
            <section className="sec wide">
              <header>
                <h2>{say("admin.health")}</h2>
                <span className="end faint">{say("checked", { time: formatClock(reading.dataUpdatedAt, true) })}</span>
              </header>
              <dl className="kv wide">
                <dt>{say("health.journal")}</dt>
                <dd>
                  <Good fine={health.writable}>{health.writable ? say("health.writable") : <Hostile text={say("health.unwritable", { why: why(health.reason) })} />}</Good>
                </dd>
                <dt>{say("health.size")}</dt>
                <dd>{bytes(health.journalBytes)}</dd>
                <dt>{say("health.damage")}</dt>
                <dd>
                  <Good fine={health.damage === 0}>{health.damage === 0 ? say("health.none") : number(health.damage)}</Good>
                </dd>
                <dt>{say("health.lag")}</dt>
                <dd>
                  <Good fine={health.lag < LAG}>{say("health.records", { n: number(health.lag) })}</Good>
                </dd>
                <dt>{say("health.aside")}</dt>
                <dd>
                  <Good fine={health.setAside.length === 0}>
                    {health.setAside.length === 0 ? (
                      say("health.none")
                    ) : (
                      <Link to="/administration" search={{ tab: "aside" }}>
                        {say("health.records", { n: number(health.setAside.length) })}
                      </Link>
                    )}
                  </Good>
                </dd>
                <dt>{say("health.trouble")}</dt>
                <dd>
                  <Good fine={health.trouble.text === ""}>{health.trouble.text === "" ? say("health.none") : <Hostile text={why(health.trouble)} />}</Good>
                </dd>
                <dt>{say("health.rules")}</dt>
                <dd>
                  <Good fine={health.refusedRules.length === 0}>{say("health.loaded", { n: number(health.rules), m: number(health.refusedRules.length) })}</Good>
                  {health.refusedRules.slice(0, 20).map((text) => (
                    <div key={text} className="small dim">
                      <Hostile text={text} />
                    </div>
                  ))}
                </dd>
                <dt>{say("health.memory")}</dt>
                <dd>{bytes(health.resident)}</dd>
                <dt>{say("health.started")}</dt>
                <dd>
                  {formatTime(health.started)} {say("app.zone")}
                </dd>
                <dt>{say("health.version")}</dt>
                <dd className="mono">{health.version}</dd>
              </dl>
            </section>
            {health.archive ? <Archive archive={health.archive} /> : null}
          </>
        );
      }}
    </Shown>
  );
}
