// What happened around an event, on the same host or from the same source, and findings about the same entity.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useResource } from "../api/resource";
import type { Found } from "../api/search";
import { useContextOf } from "../api/search_hooks";
import { entityOf, summaryOf } from "../base/event_text";
import { formatExact, type Span } from "../base/range";
import { formatDate } from "../base/time";
import { Hostile } from "./Hostile";
import { LevelGlyph } from "./Icon";
import { useWords } from "./preferences";
import { useMe } from "./session";
import { TimeLine } from "./TimeLine";
import { Shown } from "./States";

const NONE: ReadonlySet<string> = new Set();
const NO_GAPS: readonly Span[] = [];

export function EventContext({ event, onOpen }: { event: Found; onOpen: (event: Found) => void }) {
  const { say, number, language } = useWords();
  const [by, setBy] = useState<"host" | "source">("host");
  const around = useContextOf(event.id, by, true);
  const point = language === "vi" ? "," : ".";
  const row = (one: Found, index: number, list: readonly Found[]) => {
    const before = list[index - 1];
    return (
      <li
        key={one.id}
        className={one.id === event.id ? "on" : undefined}
        ref={
          one.id === event.id
            ? (element) => {
                element?.scrollIntoView({ block: "center" });
              }
            : undefined
        }
      >
        {!before || formatDate(before.occurred) !== formatDate(one.occurred) ? <span className="day faint small">{formatDate(one.occurred)}</span> : null}
        <button
          type="button"
          aria-current={one.id === event.id ? "true" : undefined}
          onClick={() => {
            onOpen(one);
          }}
        >
          <span className="mono nw">{formatExact(one.occurred, point)}</span>
          <span className="cut">
            <Hostile text={summaryOf(one, new Set(), 200)} />
          </span>
        </button>
      </li>
    );
  };
  return (
    <section className="around">
      <div className="row pad" role="group" aria-label={say("search.around.by")}>
        {(["host", "source"] as const).map((name) => (
          <button
            key={name}
            type="button"
            className="btn sm"
            aria-pressed={by === name}
            onClick={() => {
              setBy(name);
            }}
          >
            {say(`search.around.${name}`)}
          </button>
        ))}
      </div>
      <Shown reading={around} rows={8}>
        {({ before, event: middle, after }) => {
          const all = [...before, middle, ...after].sort((one, other) => one.occurred.localeCompare(other.occurred));
          return (
            <>
              <div className="pad">
                <TimeLine events={all} moment={middle.occurred} fired={NONE} current={event.id} gaps={NO_GAPS} onOpen={onOpen} />
              </div>
              <p className="faint small pad">{say("search.around.count", { n: number(all.length - 1) })}</p>
              <ol>{all.map(row)}</ol>
            </>
          );
        }}
      </Shown>
    </section>
  );
}

export function SameEntity({ event }: { event: Found }) {
  const { say, why, number, ruleTitle } = useWords();
  const { may } = useMe();
  const entity = entityOf(event);
  const reading = useResource("/api/v1/findings", { query: { entity, limit: "3" }, enabled: entity !== undefined && may("finding:read") });
  if (entity === undefined) return null;
  const findings = reading.data?.items ?? [];
  return (
    <section className="sec">
      <header>
        <h3>{say("search.findings")}</h3>
        <span className="end mono small cut">
          <Hostile text={entity} />
        </span>
      </header>
      {findings.length > 0 ? (
        <ul>
          {findings.map((finding) => (
            <li key={finding.id} className="state found">
              <LevelGlyph level={finding.level} />
              <Link to="/findings/$id" params={{ id: finding.id }}>
                <Hostile text={ruleTitle(finding.rule)} />
              </Link>
              <span className="faint small">{say("now.events", { n: number(finding.count) })}</span>
            </li>
          ))}
        </ul>
      ) : reading.data ? (
        <p className="faint small">{say("search.findings.none")}</p>
      ) : reading.error ? (
        <p className="c-unk small">
          <Hostile text={why(reading.error.told)} />
        </p>
      ) : null}
    </section>
  );
}
