// What a rule would have found in the past days. The server answers once; how far it came is asked of it meanwhile, and it
// can be stopped.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { change, type ApiError } from "../../api/client";
import { useResource } from "../../api/resource";
import type { RuleBacktest } from "../../api/types";
import { newId } from "../../base/rule_template";
import { formatTime } from "../../base/time";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";
import { EventLink } from "./parts";

const DAYS = [1, 7, 30, 90] as const;
const ASK_MS = 500;

type Found = RuleBacktest["rules"][number];

function Days({ days }: { days: Found["days"] }) {
  const { say, number } = useWords();
  const most = Math.max(1, ...days.map((day) => day.matches));
  return (
    <div className="daybars" role="table" aria-label={say("backtest.matches")}>
      <div role="row" style={{ display: "contents" }}>
        <span role="columnheader" className="faint">
          {say("backtest.day")}
        </span>
        <span role="columnheader" className="num faint" style={{ gridColumn: "2 / -1" }}>
          {say("backtest.matches")}
        </span>
      </div>
      {days.map((day) => (
        <div key={day.day} role="row" style={{ display: "contents" }}>
          <span role="cell">{day.day.split("-").reverse().join("/")}</span>
          <span role="cell">
            <span className="barline" style={{ width: `${String((day.matches / most) * 100)}%` }} />
          </span>
          <span role="cell" className="num">
            {number(day.matches)}
          </span>
        </div>
      ))}
    </div>
  );
}

function Result({ result, rule }: { result: RuleBacktest; rule: Found | undefined }) {
  const { say, number } = useWords();
  const span = { from: formatTime(result.from), to: formatTime(result.to) };
  const events = number(result.events);
  return (
    <div data-testid="backtest">
      {result.whole ? null : (
        <p className="ban unk">
          <Mark kind="unknown" tone="c-unk" />
          {say("backtest.partly", span)}
        </p>
      )}
      <p>
        <b>{rule && rule.matches > 0 ? say("backtest.found", { n: number(rule.matches), m: events, d: number(rule.per_day, rule.per_day < 10 ? 1 : 0) }) : say("backtest.none", { m: events })}</b>{" "}
        <span className="dim">{say("backtest.range", span)}</span>
      </p>
      {rule && rule.unconfirmed > 0 ? <p className="c-unk">{say("backtest.unconfirmed", { n: number(rule.unconfirmed) })}</p> : null}
      {result.masked ? <p className="c-unk">{say("backtest.masked")}</p> : null}
      {rule && rule.days.length > 0 ? <Days days={rule.days} /> : null}
      {rule && rule.samples.length > 0 ? (
        <>
          <h3 className="faint small" style={{ marginTop: "8px" }}>
            {say("backtest.samples")}
          </h3>
          <ul className="plain">
            {rule.samples.map((sample) => (
              <li key={sample.event}>
                <EventLink id={sample.event} occurred={sample.occurred}>
                  {formatTime(sample.occurred)}
                </EventLink>{" "}
                <span className="faint mono small">{sample.event}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

// `rule`: one in force; else its text.
export function Backtest({ rule, text }: { rule?: string; text: string }) {
  const { say } = useWords();
  const [days, setDays] = useState(7);
  const [search, setSearch] = useState("");
  const run = useMutation<RuleBacktest, ApiError, string>({ mutationFn: (id) => change("post", "/api/v1/rules/backtest", {}, { ...(rule === undefined ? { text } : { rule }), days, search: id }) });
  // Before its turn has come and after its end there is no such search.
  const watching = useResource("/api/v1/searches/{id}", { id: search, enabled: run.isPending && search !== "", every: ASK_MS });
  const progress = watching.data?.progress ?? 0;
  return (
    <section className="sec wide" aria-labelledby="backtest">
      <header>
        <h2 id="backtest">{say("backtest.title")}</h2>
        <span className="dim small">{say("backtest.note")}</span>
      </header>
      <div className="row">
        <label className="row">
          <span className="small dim">{say("backtest.span")}</span>
          <select
            className="input"
            name="days"
            value={days}
            onChange={(event) => {
              setDays(Number(event.target.value));
            }}
          >
            {DAYS.map((count) => (
              <option key={count} value={count}>
                {say("backtest.days", { n: count })}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="btn"
          disabled={run.isPending || text.trim() === ""}
          onClick={() => {
            const id = newId();
            setSearch(id);
            run.mutate(id);
          }}
        >
          {say("backtest.run")}
        </button>
        {run.isPending ? (
          <>
            <span role="status" className="dim">
              {watching.data?.waiting ? say("backtest.waiting") : say("backtest.running", { n: Math.round(progress * 100) })}
            </span>
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                change("delete", "/api/v1/searches/{id}", { id: search }).catch(() => undefined);
              }}
            >
              {say("backtest.stop")}
            </button>
            <progress className="meter" value={progress} max={1} aria-label={say("backtest.title")} />
          </>
        ) : null}
      </div>
      <div style={{ marginTop: "8px" }}>
        {run.error ? <ErrorBox error={run.error} /> : null}
        {run.data && !run.isPending ? <Result result={run.data} rule={rule === undefined ? run.data.rules[0] : (run.data.rules.find((one) => one.id === rule) ?? run.data.rules[0])} /> : null}
      </div>
    </section>
  );
}
