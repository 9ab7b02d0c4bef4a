// One list against the one before in its series: new, relapsed, persistent, gone; by organisation, family and province; and how many
// victims each list of the series had.
import { Link } from "@tanstack/react-router";
import { useResource } from "../../api/resource";
import type { Changed, ListDifference } from "../../api/types";
import { formatDate } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { HitState, LetterNumber, STATES } from "./parts";

function By({ title, none, rows }: { title: string; none: string; rows: readonly { name: string; changes: Changed }[] }) {
  const { say, number } = useWords();
  if (rows.length === 0) return null;
  return (
    <div className="scrollx" tabIndex={0}>
      <table className="tbl flush by">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            {STATES.map((state) => (
              <th key={state} scope="col" className="num">
                {say(`lists.state.${state}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <td data-label={title}>{row.name ? <Hostile text={row.name} /> : <span className="c-unk">{none}</span>}</td>
              {STATES.map((state) => (
                <td key={state} className="num" data-label={say(`lists.state.${state}`)}>
                  {number(row.changes[state])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Trend({ trend }: { trend: ListDifference["trend"] }) {
  const { say, number } = useWords();
  const most = Math.max(1, ...trend.map(({ victims }) => victims));
  if (trend.length < 2) return null;
  return (
    <section className="sec wide">
      <header>
        <h2>{say("lists.trend")}</h2>
      </header>
      <table className="tbl trend">
        <tbody>
          {trend.map((one) => (
            <tr key={one.list.id}>
              <th scope="row">
                <Link to="/lists/$id" params={{ id: one.list.id }}>
                  <Hostile text={one.list.name} />
                </Link>{" "}
                <span className="faint small">{formatDate(one.list.date || one.list.kept)}</span>
              </th>
              <td className="num">{number(one.victims)}</td>
              <td>
                <span className="meter" aria-hidden="true">
                  <i style={{ width: `${String((100 * one.victims) / most)}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Comparison({ id }: { id: string }) {
  const { say, number } = useWords();
  const address = useAddress();
  const against = address.value("with");
  const reading = useResource("/api/v1/lists/{id}/diff", { id, query: against ? { with: against } : {} });
  return (
    <Shown reading={reading}>
      {(difference) => (
        <div data-testid="comparison">
          <section className="sec wide">
            {difference.with ? (
              <p>
                {say("lists.against")}{" "}
                <b>
                  <Hostile text={difference.with.name} />
                </b>{" "}
                <LetterNumber letter={difference.with} />
              </p>
            ) : (
              <p className="state">
                <Mark kind="unknown" tone="c-unk" />
                {say("lists.previous.none")}
              </p>
            )}
            <p className="row changes">
              {STATES.map((state) => (
                <span key={state} className="row">
                  <HitState state={state} />
                  <b>{number(difference.all[state])}</b>
                </span>
              ))}
            </p>
          </section>
          <By title={say("lists.whose")} none={say("lists.nobodys")} rows={difference.organisations.map(({ organisation, changes }) => ({ name: organisation?.name ?? "", changes }))} />
          <By title={say("lists.role.family")} none={say("lists.untold")} rows={difference.families.map(({ value, changes }) => ({ name: value, changes }))} />
          <By title={say("lists.role.province")} none={say("lists.untold")} rows={difference.provinces.map(({ value, changes }) => ({ name: value, changes }))} />
          <Trend trend={difference.trend} />
        </div>
      )}
    </Shown>
  );
}
