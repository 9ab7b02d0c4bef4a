// Nothing matched. That says what was searched, where and when, and what could not have been seen.
import { useResource } from "../../api/resource";
import { silentFor } from "../../api/types";
import { formatRange, PRESETS, presetOf, type Span } from "../../base/range";
import { formatClock, formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe } from "../../parts/session";
import { gapsOf } from "../../parts/gaps";

interface NothingFoundProps {
  q: string;
  span: Span;
  from: string;
  to: string;
  now: number;
  searched: number; // when
  onWider: (from: string) => void;
  onEverything: () => void;
}

export function NothingFound({ q, span, from, to, now, searched, onWider, onEverything }: NothingFoundProps) {
  const { say, number, span: length } = useWords();
  const { may } = useMe();
  const { scoped } = useScope();
  const reading = useResource("/api/v1/sources", { query: { limit: "1000", ...scoped }, enabled: may("source:read") });
  const live = (reading.data?.items ?? []).filter((source) => source.ended === null);
  const waiting = live.filter((source) => source.last_received === null);
  const silent = live.filter((source) => silentFor(source, now) > 0);
  const activity = useResource("/api/v1/sources/activity", { query: scoped, enabled: may("source:read") });
  // Only where sources were watched all the time may one say that what is not seen is not there.
  const since = activity.data ? new Date(activity.data.since).getTime() : undefined;
  const covered = since !== undefined && since <= span.from && live.length > 0 && silent.length + waiting.length === 0 && activity.data !== undefined && gapsOf(activity.data, span).length === 0;
  const preset = presetOf(from, to);
  const wider = preset ? PRESETS[PRESETS.indexOf(preset) + 1] : PRESETS.find((name) => name === "now-30d");
  return (
    <div className="pad nothing" data-testid="nothing">
      <p className="state">
        {covered ? <Mark kind="closed" tone="c-ok" /> : <Mark kind="unknown" tone="c-unk" />}
        <b>{say("search.nothing")}</b>
      </p>
      <dl className="kv">
        <dt>{say("search.query")}</dt>
        <dd className="mono">
          <Hostile text={q || say("search.everything")} />
        </dd>
        <dt>{say("search.range")}</dt>
        <dd>
          {formatRange(span, now)} {say("app.zone")}
          {" · "}
          {say("search.occurred")}
        </dd>
        <dt>{say("search.over")}</dt>
        <dd>{reading.data ? say("search.over.sources", { n: number(live.length) }) : reading.error ? <span className="c-unk">{say("search.over.unknown")}</span> : "…"}</dd>
        <dt>{say("search.when")}</dt>
        <dd>{formatClock(searched, true)}</dd>
      </dl>
      {silent.length + waiting.length > 0 ? (
        <div className="unseen">
          <h2 className="c-unk state">
            <Icon name="unknown" />
            {say("search.unseen")}
          </h2>
          <ul>
            {silent.slice(0, 8).map((source) => (
              <li key={source.id}>
                <span className="mono">
                  <Hostile text={source.name} />
                </span>{" "}
                <span className="c-unk">{say("sources.silent", { time: length(silentFor(source, now)) })}</span>
                {source.last_received ? (
                  <span className="faint">
                    {" · "}
                    {say("now.silent.text", { time: formatTime(source.last_received) })}
                  </span>
                ) : null}
              </li>
            ))}
            {waiting.slice(0, 8).map((source) => (
              <li key={source.id}>
                <span className="mono">
                  <Hostile text={source.name} />
                </span>{" "}
                <span className="c-unk">{say("sources.waiting")}</span>
              </li>
            ))}
          </ul>
          {Math.max(0, silent.length - 8) + Math.max(0, waiting.length - 8) > 0 ? (
            <p className="faint small">{say("search.unseen.more", { n: number(Math.max(0, silent.length - 8) + Math.max(0, waiting.length - 8)) })}</p>
          ) : null}
        </div>
      ) : null}
      {covered ? (
        <p className="dim">{say("search.unseen.none")}</p>
      ) : reading.data && live.length === 0 ? (
        <p className="c-unk">{say("now.nosources")}</p>
      ) : since !== undefined && since > span.from ? (
        <p className="c-unk">{say("search.unseen.before", { time: formatTime(since) })}</p>
      ) : null}
      <p className="row">
        {wider ? (
          <button
            type="button"
            className="btn"
            onClick={() => {
              onWider(wider);
            }}
          >
            {say("search.wider", { range: say(`range.${wider}`) })}
          </button>
        ) : null}
        {q ? (
          <button type="button" className="btn" onClick={onEverything}>
            {say("search.clear")}
          </button>
        ) : null}
      </p>
    </div>
  );
}
