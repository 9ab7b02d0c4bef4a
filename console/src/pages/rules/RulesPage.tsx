import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { useAllRules, useScorecards } from "../../api/rules";
import type { Rule, Scorecard } from "../../api/types";
import { chosenRules } from "../../base/rule_list";
import { formatClock } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { Severity } from "../../parts/Labels";
import { usePageKeys } from "../../parts/page_keys";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Empty, Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { Cost, LogSource, RuleTabs, useKindWords, usePackWords } from "./parts";
import { RuleFilters } from "./RuleFilters";
import { SwitchDialog } from "./SwitchDialog";
import "../../parts/rules.css";

const STEP = 200; // rows that are drawn at a time

function Row({ rule, card, costs, at, onSwitch }: { rule: Rule; card: Scorecard | undefined; costs: boolean; at: boolean; onSwitch: (() => void) | undefined }) {
  const { say, number, ruleTitle } = useWords();
  const packWords = usePackWords();
  const kindWords = useKindWords();
  const count = (value: number | undefined) => (value ? number(value) : <span className="faint">{"0"}</span>);
  return (
    <tr className={`${at ? "at" : ""} ${rule.off ? "isoff" : ""}`} data-rule={rule.id}>
      <td data-label={say("col.level")}>
        <Severity level={rule.level} />
      </td>
      <td data-label={say("rules.title")}>
        <div className="t">
          <Link to="/rules/$id" params={{ id: rule.id }}>
            <Hostile text={ruleTitle(rule)} />
          </Link>
        </div>
        <div className="s">
          {kindWords(rule.kind)}
          {rule.author ? (
            <>
              {" · "}
              <Hostile text={rule.author} />
            </>
          ) : null}
        </div>
      </td>
      <td data-label={say("rules.source")}>
        <LogSource source={rule.log_source} />
      </td>
      <td className="nw" data-label={say("rules.pack")}>
        <Hostile text={packWords(rule.pack)} />
      </td>
      <td className="num" data-label={say("rules.found")}>
        {card && card.findings > 0 ? (
          <Link to="/findings" search={{ rule: rule.id }}>
            {number(card.findings)}
          </Link>
        ) : (
          count(0)
        )}
      </td>
      <td className="num" data-label={say("rules.false")}>
        {count(card?.closed_false)}
      </td>
      <td className="num" data-label={say("rules.muted")}>
        {count(card?.muted)}
      </td>
      {costs ? (
        <td className="num" data-label={say("rules.cost")}>
          <Cost card={card} />
        </td>
      ) : null}
      <td data-label={say("rules.state")}>
        <span className="row endrow">
          <span className="state dim nw">
            {rule.off ? <Mark kind="refused" tone="faint" /> : <Mark kind="closed" tone="c-ok" />}
            {say(rule.off ? "rules.off" : "rules.on")}
          </span>
          {onSwitch ? (
            <button type="button" className="btn sm end nw" onClick={onSwitch} aria-label={`${say(rule.off ? "rules.enable" : "rules.disable")}: ${ruleTitle(rule)}`}>
              {say(rule.off ? "rules.do.on" : "rules.do.off")}
            </button>
          ) : null}
        </span>
      </td>
    </tr>
  );
}

export function Page() {
  const { say, number, language } = useWords();
  const { may } = useMe();
  const navigate = useNavigate();
  const address = useAddress();
  const list = useAllRules();
  const scores = useScorecards(may("finding:read"));
  const [more, setMore] = useState({ of: "", rows: STEP });
  const [focus, setFocus] = useState("");
  const [switching, setSwitching] = useState<Rule | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const [q, level, kind, pack, state, found, sort] = [
    address.value("q"),
    address.value("level"),
    address.value("kind"),
    address.value("pack"),
    address.value("state"),
    address.value("found"),
    address.value("sort"),
  ];
  const cards = useMemo(() => new Map((scores.data ?? []).map((card) => [card.rule, card])), [scores.data]);
  const rules = useMemo(() => chosenRules(list.data ?? [], cards, { q, level, kind, pack, state, found, sort }, language), [list.data, cards, q, level, kind, pack, state, found, sort, language]);
  const asked = [q, level, kind, pack, state, found, sort].join("\n");
  const rows = more.of === asked ? more.rows : STEP;
  const shown = rules.slice(0, rows);
  const at = shown.findIndex((rule) => rule.id === focus);
  const move = (to: number) => {
    const rule = shown[Math.max(0, Math.min(shown.length - 1, to))];
    if (!rule) return;
    setFocus(rule.id);
    document.querySelector(`[data-rule="${CSS.escape(rule.id)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const open = (id: string) => {
    void navigate({ to: "/rules/$id", params: { id } });
  };
  const write = () => {
    void navigate({ to: "/rules/edit" });
  };
  usePageKeys([
    {
      keys: ["j", "ArrowDown"],
      shown: "J",
      words: "keys.move",
      action: () => {
        move(at + 1);
      },
    },
    {
      keys: ["k", "ArrowUp"],
      shown: "K",
      words: "keys.move",
      action: () => {
        move(at - 1);
      },
    },
    {
      keys: ["Enter"],
      shown: "Enter",
      words: "rules.open",
      action: () => {
        if (at >= 0) open(focus);
      },
    },
    {
      keys: ["f"],
      shown: "F",
      words: "rules.keys.filter",
      action: () => {
        field.current?.focus();
      },
    },
    { keys: ["n"], shown: "N", words: "rules.keys.write", action: write },
    { keys: ["Shift+Escape"], shown: "Shift Esc", words: "keys.clear", action: address.clear },
  ]);
  const off = (list.data ?? []).filter((rule) => rule.off).length;
  const costs = (scores.data ?? []).some((card) => card.measured !== undefined);
  return (
    <>
      <div className="head row">
        <h1>{say("page.rules")}</h1>
        {list.data ? (
          <span className="dim">
            {say("rules.count", { n: number(list.data.length - off), m: number(off) })}
            {" · "}
            {say("checked", { time: formatClock(list.dataUpdatedAt, true) })}
          </span>
        ) : null}
        <Link to="/rules/edit" className="btn pri end">
          <Icon name="plus" />
          {say("rules.write")}
        </Link>
      </div>
      <RuleTabs here="/rules" />
      <RuleFilters rules={list.data ?? []} field={field} />
      <Shown reading={list} rows={10}>
        {(all) =>
          all.length === 0 ? (
            <p className="pad">{say("rules.empty")}</p>
          ) : rules.length === 0 ? (
            <Empty title={say("rules.none")}>{say("rules.shown", { n: number(0), m: number(all.length) })}</Empty>
          ) : (
            <>
              <p className="pad faint small" role="status" style={{ paddingBottom: 0 }}>
                {say("rules.shown", { n: number(rules.length), m: number(all.length) })}
              </p>
              <div className="scrollx rulelist" tabIndex={0} role="group" aria-label={say("page.rules")}>
                <table className="tbl flush">
                  <thead>
                    <tr>
                      <th scope="col">{say("col.level")}</th>
                      <th scope="col">{say("rules.title")}</th>
                      <th scope="col">{say("rules.source")}</th>
                      <th scope="col">{say("rules.pack")}</th>
                      <th scope="col" className="num">
                        {say("rules.found")}
                      </th>
                      <th scope="col" className="num">
                        {say("rules.false")}
                      </th>
                      <th scope="col" className="num">
                        {say("rules.muted")}
                      </th>
                      {costs ? (
                        <th scope="col" className="num">
                          {say("rules.cost")}
                        </th>
                      ) : null}
                      <th scope="col">{say("rules.state")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {shown.map((rule) => (
                      <Row
                        key={rule.id}
                        rule={rule}
                        card={cards.get(rule.id)}
                        costs={costs}
                        at={rule.id === focus}
                        onSwitch={
                          may("rule:tune")
                            ? () => {
                                setSwitching(rule);
                              }
                            : undefined
                        }
                      />
                    ))}
                  </tbody>
                </table>
              </div>
              {rules.length > shown.length ? (
                <div className="pad">
                  <button
                    type="button"
                    className="btn"
                    onClick={() => {
                      setMore({ of: asked, rows: rows + STEP });
                    }}
                  >
                    {say("rules.more", { n: number(Math.min(STEP, rules.length - shown.length)) })}
                  </button>
                </div>
              ) : null}
            </>
          )
        }
      </Shown>
      {switching ? (
        <SwitchDialog
          rule={switching}
          onClose={() => {
            setSwitching(null);
          }}
        />
      ) : null}
    </>
  );
}
