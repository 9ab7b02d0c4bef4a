import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { summaryOf } from "../../base/event_text";
import { formatClock, formatDate, formatTime } from "../../base/time";
import { useResource } from "../../api/resource";
import { useContextOf } from "../../api/search_hooks";
import type { Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useGaps } from "../../parts/observed";
import { useMe } from "../../parts/session";
import { TimeLine } from "../../parts/TimeLine";

const MINUTES = 15;
const ROWS = 12; // of the list, on each side

// The query that finds the events of this entity; nothing where its name is masked.
function queryOf(entity: string): string | undefined {
  const at = entity.indexOf(":");
  const [kind, name] = [entity.slice(0, at), entity.slice(at + 1)];
  if (name === "" || name.includes("[masked]")) return undefined;
  const quoted = `"${name.replace(/(["\\])/g, "\\$1")}"`;
  return kind === "host" ? `host.name:${quoted}` : kind === "ip" ? `source.ip:${quoted}` : kind === "user" ? `user.name:"${(name.split("\\").pop() ?? name).replace(/(["\\])/g, "\\$1")}"` : undefined;
}

// What else happened on the host around the last event that fired: those that fired are marked.
export function AroundSection({ finding }: { finding: Finding }) {
  const { say, why, number } = useWords();
  const { may } = useMe();
  const navigate = useNavigate();
  const references = useResource("/api/v1/findings/{id}/events", { id: finding.id, enabled: may("event:read") });
  const last = references.data?.items.at(-1);
  const around = useContextOf(last?.id ?? "", "host", last !== undefined);
  const fired = new Set((references.data?.items ?? []).map((event) => event.id));
  const q = queryOf(finding.entity);
  const time = (iso: string, minutes: number) => new Date(new Date(iso).getTime() + minutes * 60_000).toISOString();
  const all = useMemo(() => (around.data ? [...around.data.before, around.data.event, ...around.data.after].sort((one, other) => one.occurred.localeCompare(other.occurred)) : []), [around.data]);
  const middle = all.findIndex((event) => event.id === last?.id);
  const events = all.slice(Math.max(0, middle - ROWS), middle + ROWS + 1);
  const range = useMemo(() => ({ from: Date.parse(all[0]?.occurred ?? ""), to: Date.parse(all.at(-1)?.occurred ?? "") }), [all]);
  const { gaps } = useGaps(range);
  if (!may("event:read")) return null;
  return (
    <section className="sec wide" aria-labelledby="around">
      <header>
        <h2 id="around">{say("around.title")}</h2>
        {last ? (
          <span className="dim small">
            <span className="mono">
              <Hostile text={finding.entity} />
            </span>
            {" · "}
            {formatDate(last.occurred)}
            {", "}
            {say("app.zone")}
          </span>
        ) : null}
        {last && q !== undefined ? (
          <Link className="end" to="/search" search={{ q, from: time(last.occurred, -MINUTES), to: time(last.occurred, MINUTES) }}>
            {say("around.search")}
          </Link>
        ) : null}
      </header>
      {around.error ? (
        <p className="state c-unk">
          <Mark kind="unknown" tone="c-unk" />
          {say("around.none")} <Hostile text={why(around.error.told)} />
        </p>
      ) : null}
      {last && all.length > 0 ? (
        <TimeLine
          events={all}
          moment={last.occurred}
          fired={fired}
          current=""
          gaps={gaps}
          onOpen={(event) => {
            void navigate({ to: "/search", search: { from: time(event.occurred, -MINUTES), to: time(event.occurred, MINUTES), event: event.id } });
          }}
        />
      ) : null}
      {events.length > 0 ? (
        <div className="scrollx" tabIndex={0}>
          <table className="tbl">
            <caption className="vh">{say("around.title")}</caption>
            <thead>
              <tr>
                <th scope="col">{say("around.time")}</th>
                <th scope="col">{say("sources.name")}</th>
                <th scope="col">{say("around.text")}</th>
              </tr>
            </thead>
            <tbody>
              {events.map((event) => (
                <tr key={event.id} className={fired.has(event.id) ? "fired" : ""}>
                  <td className="mono nw" title={formatTime(event.occurred)}>
                    {last && formatDate(event.occurred) !== formatDate(last.occurred) ? formatTime(event.occurred) : formatClock(event.occurred, true)}
                  </td>
                  <td className="nw">
                    <Hostile text={event.source.name} />
                  </td>
                  <td className="mono">
                    <div className="clamp">
                      {fired.has(event.id) ? <span className="vh">{say("why.match")} </span> : null}
                      <Hostile text={summaryOf(event)} />
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="faint small" style={{ padding: "6px 0" }}>
            <Icon name="clock" />
            {say("around.count", { n: number(events.length) })}
          </p>
        </div>
      ) : around.error ? null : (
        <p className="dim">{say(around.isFetching ? "around.reading" : "around.empty")}</p>
      )}
    </section>
  );
}
