import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatClock } from "../../base/time";
import { readHealth } from "../../api/health";
import { useResource } from "../../api/resource";
import type { Source } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { useActivity, WatchBar, WatchRibbon } from "../../parts/WatchRibbon";

const LAG = 100_000;
const KINDS = 6;

function Check({ good, children, time }: { good: boolean; children: ReactNode; time: string }) {
  return (
    <li>
      <Mark kind={good ? "closed" : "refused"} tone={good ? "c-ok" : "c-critical"} />
      <span>{children}</span>
      <span className="faint nw">{time}</span>
    </li>
  );
}
function Unseen({ children }: { children: ReactNode }) {
  return (
    <li>
      <Mark kind="unknown" tone="c-unk" />
      <span>{children}</span>
    </li>
  );
}

// The watch by kind of source: what spoke, and what was to be expected.
function Watch({ sources, silent }: { sources: Source[]; silent: Source[] }) {
  const { say, number } = useWords();
  const activity = useActivity();
  const quiet = new Set(silent.map((source) => source.id));
  const heard = sources.filter((source) => source.last_received !== null && !quiet.has(source.id)).length;
  const kinds = new Map<string, Source[]>();
  for (const source of sources) kinds.set(source.format || say("sources.auto"), [...(kinds.get(source.format || say("sources.auto")) ?? []), source]);
  return (
    <section className="sec">
      <header>
        <h2>{say("now.watch")}</h2>
        <span className="end faint">{say("now.day")}</span>
      </header>
      <p>{say("now.heard", { n: number(heard), m: number(sources.length) })}</p>
      {activity.data ? (
        <>
          {kinds.size > 1 ? (
            <ul className="kinds">
              {[...kinds].slice(0, KINDS).map(([kind, own]) => (
                <li key={kind}>
                  <span className="cut">
                    <Hostile text={kind} />
                  </span>
                  {activity.data ? <WatchBar activity={activity.data} sources={new Set(own.map((source) => source.id))} /> : null}
                  <span className="nw">
                    {number(own.filter((source) => source.last_received !== null && !quiet.has(source.id)).length)}
                    {"/"}
                    {number(own.length)}
                  </span>
                </li>
              ))}
            </ul>
          ) : null}
          <WatchRibbon activity={activity.data} />
        </>
      ) : null}
    </section>
  );
}

export function Rail({ sources, silent, checkedAt, quiet, children }: { sources: Source[]; silent: Source[]; checkedAt: number; quiet: boolean; children?: ReactNode }) {
  const { say, why, number } = useWords();
  const { may } = useMe();
  const health = useResource("/api/v1/health", { enabled: may("health:read"), every: 30_000 });
  const report = health.data ? readHealth(health.data) : null;
  const at = formatClock(health.dataUpdatedAt);
  const sum = (pick: (source: Source) => number) => sources.reduce((total, source) => total + pick(source), 0);
  const unparsed = sum((source) => source.counters.unparsed);
  const late = sum((source) => source.counters.late);
  const refused = sum((source) => source.counters.refused);
  const waiting = sources.filter((source) => source.last_received === null).length;
  const nothing = sources.length > 0 && waiting + silent.length + unparsed + late + refused === 0;
  return (
    <aside className="rail" aria-label={say("now.watch")}>
      {children}
      <Watch sources={sources} silent={silent} />
      <section className="sec">
        <header>
          <h2>{say("now.quiet")}</h2>
          <span className="end faint">{formatClock(checkedAt, true)}</span>
        </header>
        <ul className="checks">
          {quiet ? (
            <Check good time={formatClock(checkedAt)}>
              {say("now.quiet.text")}
            </Check>
          ) : null}
          {report ? (
            <>
              <Check good={report.writable} time={at}>
                {report.writable ? (
                  say("now.journal.ok")
                ) : (
                  <>
                    {say("now.journal.bad")}
                    {": "}
                    <Hostile text={why(report.reason)} />
                  </>
                )}
              </Check>
              <Check good={report.lag < LAG} time={at}>
                {report.lag < LAG ? say("now.lag.ok") : say("now.lag.bad", { n: number(report.lag) })}
              </Check>
              {report.trouble.text ? (
                <Check good={false} time={at}>
                  <Hostile text={why(report.trouble)} />
                </Check>
              ) : null}
              <Check good={report.setAside.length === 0} time={at}>
                {report.setAside.length === 0 ? (
                  say("now.aside.ok")
                ) : (
                  <Link to="/administration" search={{ tab: "aside" }}>
                    {say("now.aside.bad", { n: number(report.setAside.length) })}
                  </Link>
                )}
              </Check>
              <Check good={report.rules > 0 && report.refusedRules.length === 0} time={at}>
                {report.refusedRules.length === 0 ? (
                  say("health.loaded", { n: number(report.rules), m: number(0) })
                ) : (
                  <Link to="/administration" search={{ tab: "health" }}>
                    {say("health.loaded", { n: number(report.rules), m: number(report.refusedRules.length) })}
                  </Link>
                )}
              </Check>
            </>
          ) : (
            <li>
              <Mark kind="unknown" tone="c-unk" />
              {say(health.error ? "now.health.unread" : may("health:read") ? "now.health.reading" : "now.health.denied")}
            </li>
          )}
        </ul>
      </section>
      <section className="sec">
        <header>
          <h2>{say("now.unseen")}</h2>
        </header>
        <ul className="checks">
          {sources.length === 0 ? (
            <Unseen>
              <Link to="/sources">{say("now.nosources")}</Link>
            </Unseen>
          ) : null}
          {waiting > 0 ? (
            <Unseen>
              <Link to="/sources">{say("now.waiting", { n: number(waiting) })}</Link>
            </Unseen>
          ) : null}
          {silent.length > 0 ? (
            <Unseen>
              <Link to="/sources">{say("badge.silent", { n: number(silent.length) })}</Link>
            </Unseen>
          ) : null}
          {unparsed > 0 ? (
            <Unseen>
              <Link to="/sources">{say("now.unparsed", { n: number(unparsed) })}</Link>
            </Unseen>
          ) : null}
          {late > 0 ? (
            <Unseen>
              <Link to="/sources">{say("now.late", { n: number(late) })}</Link>
            </Unseen>
          ) : null}
          {refused > 0 ? (
            <Unseen>
              <Link to="/sources">{say("now.refused", { n: number(refused) })}</Link>
            </Unseen>
          ) : null}
          {nothing ? (
            <li>
              <Mark kind="closed" tone="c-ok" />
              <span>{say("now.allread")}</span>
            </li>
          ) : null}
        </ul>
      </section>
    </aside>
  );
}
