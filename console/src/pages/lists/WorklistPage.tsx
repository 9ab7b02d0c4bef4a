// Who is to be worked on: the most pressing first, each with the reasons why it stands there. The order is the server's.
import { Link } from "@tanstack/react-router";
import { useList } from "../../api/resource";
import type { ListHit } from "../../api/types";
import { formatTime } from "../../base/time";
import { ClearFilters, PickFilter } from "../../parts/Filters";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { MachineBehind } from "../../parts/Machine";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { Empty, Shown } from "../../parts/States";
import { usePageKeys } from "../../parts/page_keys";
import { useAddress } from "../../parts/url";
import { HitState, STATES } from "./parts";
import "./lists.css";

const FILTERS = ["state", "list"] as const;
const SEVERITIES = ["critical", "high", "medium", "low"] as const;

function useReasonWords() {
  const { say, number } = useWords();
  return ({ reason, value }: ListHit["reasons"][number]): string => {
    switch (reason) {
      case "listed":
        return say(value === "yes" ? "lists.reason.listed" : "lists.reason.unlisted");
      case "level":
        return value === "unknown" ? say("lists.reason.nolevel") : say("lists.reason.level", { n: value });
      case "relapses":
        return say("lists.reason.relapses", { n: number(Number(value)) });
      case "age-days":
        return say("lists.reason.age", { n: number(Number(value)) });
      case "severity": {
        const known = SEVERITIES.find((one) => one === value);
        return known ? say("lists.reason.severity", { what: say(`level.${known}`) }) : say("lists.reason.noseverity");
      }
    }
  };
}
// What says nothing about a hit is not shown beside what does.
const tells = ({ reason, value }: ListHit["reasons"][number]) => !(reason === "relapses" && value === "0") && !(reason === "severity" && value === "unknown");

function Hit({ hit, at }: { hit: ListHit; at: number }) {
  const { say, number } = useWords();
  const words = useReasonWords();
  return (
    <tr>
      <td className="num faint">{number(at)}</td>
      <td data-label={say("lists.role.victim")}>
        <b className="mono">
          <Hostile text={hit.subject} />
        </b>
        {hit.system ? (
          <div className="s small">
            <Hostile text={hit.system} />
            {hit.level > 0 ? ` · ${say("lists.level", { n: number(hit.level) })}` : null}
          </div>
        ) : null}
      </td>
      <td data-label={say("machine.state.machine")}>
        <MachineBehind inside={hit.inside} />
      </td>
      <td data-label={say("lists.whose")}>
        <Hostile text={hit.organisation.name} />
      </td>
      <td data-label={say("lists.role.family")}>
        <Hostile text={hit.family} />
      </td>
      <td data-label={say("lists.state")}>
        <HitState state={hit.state} />
      </td>
      <td data-label={say("lists.reasons")}>
        <ul className="reasons">
          {hit.reasons.filter(tells).map((one) => (
            <li key={one.reason} className="chip">
              <Hostile text={words(one)} />
            </li>
          ))}
        </ul>
      </td>
      <td data-label={say("lists.last")}>
        <Link to="/lists/$id" params={{ id: hit.last_list }}>
          {formatTime(hit.last_seen)}
          <span className="vh">{`. ${say("lists.openlist")}: ${hit.subject}`}</span>
        </Link>
      </td>
    </tr>
  );
}

export function Page() {
  const { say } = useWords();
  const address = useAddress();
  const { scoped } = useScope();
  const query = { ...Object.fromEntries(FILTERS.flatMap((name) => (address.value(name) ? [[name, address.value(name)]] : []))), ...scoped };
  const list = useList("/api/v1/list-hits", { query });
  usePageKeys([
    {
      keys: ["Shift+Escape"],
      shown: "Shift Esc",
      words: "keys.clear",
      action: () => {
        address.set(Object.fromEntries(FILTERS.map((name) => [name, ""])));
      },
    },
  ]);
  return (
    <>
      <div className="head">
        <div className="crumb">
          <Link to="/lists">{say("page.lists")}</Link>
          <Icon name="right" />
          {say("lists.worklist")}
        </div>
        <h1>{say("lists.worklist")}</h1>
        <p className="dim">{say("lists.worklist.note")}</p>
      </div>
      <div className="filters">
        <PickFilter name="state" label={say("lists.state")} options={STATES.map((state) => [state, say(`lists.state.${state}`)] as const)} />
        <ClearFilters names={FILTERS} />
      </div>
      <Shown reading={list}>
        {(hits) =>
          hits.length === 0 ? (
            <Empty title={say("lists.hits.none")}>{say("lists.hits.none.note")}</Empty>
          ) : (
            <div className="scrollx" tabIndex={0}>
              <table className="tbl flush" data-testid="hits">
                <thead>
                  <tr>
                    <th scope="col" className="num">
                      {say("lists.order")}
                    </th>
                    {(["lists.role.victim", "machine.state.machine", "lists.whose", "lists.role.family", "lists.state", "lists.reasons", "lists.last"] as const).map((key) => (
                      <th key={key} scope="col">
                        {say(key)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {hits.map((hit, at) => (
                    <Hit key={hit.id} hit={hit} at={at + 1} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Shown>
      <MoreRows list={list} />
    </>
  );
}
