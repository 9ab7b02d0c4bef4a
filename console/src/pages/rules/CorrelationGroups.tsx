// The groups that a correlation counts at the moment: how far each is, how long it has left, the events so far.
import { useList } from "../../api/resource";
import type { CorrelationGroup, Rule } from "../../api/types";
import { textOfValue } from "../../base/hostile";
import { formatClock, formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";
import { Empty, Shown } from "../../parts/States";
import { EventLink } from "./parts";

const EVERY_MS = 10_000;
const SIGNS: Record<string, string> = { gte: "≥", gt: ">", lte: "≤", lt: "<", eq: "=", neq: "≠" };

// "gte 10" → "≥ 10"
export const conditionOf = (bound: string): string => bound.replace(/^(gte|gt|lte|lt|neq|eq)\b/, (word) => SIGNS[word] ?? word);

function GroupRow({ group }: { group: CorrelationGroup }) {
  const { say, number, span } = useWords();
  const { names } = useOrganisations();
  const value = number(group.value, Number.isInteger(group.value) ? 0 : 1);
  const fields = Object.entries(group.group);
  return (
    <tr>
      <td data-label={say("groups.group")}>
        {fields.length === 0 ? <span className="faint">{"–"}</span> : null}
        {fields.map(([name, shown]) => (
          <div key={name} className="mono small">
            <Hostile text={`${name}: ${textOfValue(shown)}`} />
          </div>
        ))}
        <div className="s">
          <Hostile text={names.get(group.organisation) ?? ""} />
        </div>
      </td>
      <td className="num" data-label={say("groups.value")}>
        <b>{group.at_least ? say("groups.atleast", { n: value }) : value}</b>
        {` ${group.condition.map(conditionOf).join(", ")}`}
        {group.holds ? (
          <div className="state c-high">
            <Mark kind="acknowledged" tone="c-high" />
            {say("groups.holds")}
          </div>
        ) : null}
      </td>
      <td className="num" data-label={say("groups.left")} title={say("groups.window", { time: span(group.timespan_seconds * 1000) })}>
        {group.seconds_left > 0 ? span(group.seconds_left * 1000) : <span className="faint">{say("groups.over")}</span>}
      </td>
      <td data-label={say("groups.newest")}>{formatTime(group.newest)}</td>
      <td data-label={say("groups.events")}>
        <details>
          <summary>{say("now.events", { n: number(group.event_count) })}</summary>
          {group.events.length < group.event_count ? <p className="faint small">{say("groups.kept", { n: number(group.events.length), m: number(group.event_count) })}</p> : null}
          <ul className="plain">
            {[...group.events].reverse().map((event) => (
              <li key={event.id}>
                <EventLink id={event.id} occurred={event.occurred}>
                  {formatTime(event.occurred)}
                </EventLink>
              </li>
            ))}
          </ul>
        </details>
      </td>
    </tr>
  );
}

export function CorrelationGroups({ rule }: { rule: Rule }) {
  const { say } = useWords();
  const list = useList("/api/v1/correlations/{rule}/groups", { id: rule.id, every: EVERY_MS });
  return (
    <section className="sec wide" aria-labelledby="groups">
      <header>
        <h2 id="groups">{say("groups.title")}</h2>
        <span className="dim small">{say("checked", { time: formatClock(list.dataUpdatedAt, true) })}</span>
      </header>
      <Shown reading={list} rows={3}>
        {(groups) =>
          groups.length === 0 ? (
            <Empty title={say("groups.none")} />
          ) : (
            <div className="scrollx" tabIndex={0} role="group" aria-label={say("groups.title")}>
              <table className="tbl">
                <thead>
                  <tr>
                    <th scope="col">{say("groups.group")}</th>
                    <th scope="col" className="num">
                      {say("groups.value")}
                    </th>
                    <th scope="col" className="num">
                      {say("groups.left")}
                    </th>
                    <th scope="col">{say("groups.newest")}</th>
                    <th scope="col">{say("groups.events")}</th>
                  </tr>
                </thead>
                <tbody>
                  {groups.map((group) => (
                    <GroupRow key={`${group.organisation} ${JSON.stringify(group.group)}`} group={group} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Shown>
      <MoreRows list={list} bare />
    </section>
  );
}
