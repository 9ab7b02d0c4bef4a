import { Link } from "@tanstack/react-router";
import { useResource } from "../../api/resource";
import type { RuleCoverage } from "../../api/types";
import { TACTICS, tacticOf, sourceText, type Tactic } from "../../base/rule_list";
import { formatClock } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { RuleTabs } from "./parts";
import "../../parts/rules.css";

const DAYS = ["7", "30", "90"] as const;

type Technique = RuleCoverage["techniques"][number];

// A technique stands under each tactic that its rules name; without one it stands at the end.
function columnsOf(techniques: readonly Technique[]): [Tactic | "", Technique[]][] {
  const columns = new Map<Tactic | "", Technique[]>(TACTICS.map((tactic) => [tactic, []]));
  for (const technique of techniques) {
    const tactics = technique.tactics.flatMap((name) => tacticOf(name) ?? []);
    for (const tactic of tactics.length > 0 ? tactics : ([""] as const)) columns.set(tactic, [...(columns.get(tactic) ?? []), technique]);
  }
  return [...columns.entries()].filter(([tactic, list]) => tactic !== "" || list.length > 0);
}

function Matrix({ techniques }: { techniques: readonly Technique[] }) {
  const { say, number } = useWords();
  return (
    <section className="sec wide" aria-labelledby="matrix">
      <header>
        <h2 id="matrix">{say("coverage.matrix")}</h2>
        <span className="dim small">{say("coverage.legend")}</span>
      </header>
      <p className="legend small dim">
        <span>{say("coverage.fed")}</span>
        <span className="unfed">{say("coverage.unfed")}</span>
      </p>
      <div className="tactics" role="group" aria-label={say("coverage.matrix")} tabIndex={0}>
        {columnsOf(techniques).map(([tactic, list]) => (
          <section key={tactic}>
            <h3>
              {tactic === "" ? say("coverage.other") : say(`tactic.${tactic}`)} <span className="faint">{number(list.length)}</span>
            </h3>
            <ul>
              {list.map((technique) => (
                <li key={technique.technique}>
                  <Link
                    to="/rules"
                    search={{ q: technique.technique, state: "on" }}
                    className={technique.fed === 0 ? "unfed" : technique.fed < technique.rules ? "some" : ""}
                    title={say("coverage.technique", { t: technique.technique, n: number(technique.rules), m: number(technique.fed) })}
                  >
                    <span className="mono">{technique.technique}</span>
                    <span className="nw">
                      {number(technique.fed)}
                      {"/"}
                      {number(technique.rules)}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}

function Gaps({ coverage }: { coverage: RuleCoverage }) {
  const { say, number } = useWords();
  const rules = coverage.without_source.reduce((sum, gap) => sum + gap.rules, 0);
  return (
    <section className="sec wide" aria-labelledby="gaps">
      <header>
        <h2 id="gaps">{say("coverage.gaps")}</h2>
        <span className="dim">{number(rules)}</span>
      </header>
      {coverage.without_source.length === 0 ? (
        <p className="state">
          <Mark kind="closed" tone="c-ok" />
          {say("coverage.gaps.none")}
        </p>
      ) : (
        <div className="scrollx" tabIndex={0} role="group" aria-label={say("coverage.gaps")}>
          <table className="tbl">
            <thead>
              <tr>
                <th scope="col">{say("rules.source")}</th>
                <th scope="col" className="num">
                  {say("coverage.rules")}
                </th>
                <th scope="col">{say("coverage.examples")}</th>
              </tr>
            </thead>
            <tbody>
              {coverage.without_source.map((gap) => {
                const source = sourceText(gap);
                return (
                  <tr key={source}>
                    <td className="mono" data-label={say("rules.source")}>
                      {source ? (
                        <Link to="/rules" search={{ q: [gap.product, gap.category, gap.service].filter(Boolean).join(" "), state: "on" }}>
                          <Hostile text={source} />
                        </Link>
                      ) : (
                        say("rules.anysource")
                      )}
                    </td>
                    <td className="num" data-label={say("coverage.rules")}>
                      {number(gap.rules)}
                    </td>
                    <td className="dim" data-label={say("coverage.examples")}>
                      <Hostile text={(gap.examples ?? []).slice(0, 3).join(" · ")} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Idle({ coverage }: { coverage: RuleCoverage }) {
  const { say, number } = useWords();
  const idle = coverage.sources.filter((source) => source.rules === 0);
  return (
    <section className="sec wide" aria-labelledby="idle">
      <header>
        <h2 id="idle">{say("coverage.idle")}</h2>
        <span className="dim">{`${number(idle.length)}/${number(coverage.sources.length)}`}</span>
      </header>
      {coverage.sources.length === 0 ? (
        <p className="state c-unk">
          <Mark kind="unknown" tone="c-unk" />
          {say("coverage.nosource")}
        </p>
      ) : idle.length === 0 ? (
        <p className="state">
          <Mark kind="closed" tone="c-ok" />
          {say("coverage.idle.none")}
        </p>
      ) : (
        <ul className="plain">
          {idle.map((source) => (
            <li key={source.id}>
              <Link to="/sources/$id" params={{ id: source.id }}>
                <b>
                  <Hostile text={source.name} />
                </b>
              </Link>{" "}
              {source.events === 0 ? (
                <span className="c-unk">{say("coverage.silent", { n: number(coverage.days) })}</span>
              ) : (
                <span className="dim">
                  {say("coverage.seen", { n: number(source.events) })}{" "}
                  <span className="mono small">
                    <Hostile text={source.log_sources.join(", ")} />
                  </span>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Page() {
  const { say, number } = useWords();
  const address = useAddress();
  const days = DAYS.find((one) => one === address.value("days")) ?? "30";
  const reading = useResource("/api/v1/rules/coverage", { query: { days } });
  return (
    <>
      <div className="head row">
        <h1>{say("rules.coverage")}</h1>
        {reading.data ? (
          <span className="dim">
            {say("coverage.summary", { n: number(reading.data.techniques.length), m: number(reading.data.techniques.filter((technique) => technique.fed > 0).length) })}
            {" · "}
            {say("coverage.without", { n: number(reading.data.rules_without_technique) })}
            {" · "}
            {say("checked", { time: formatClock(reading.dataUpdatedAt, true) })}
          </span>
        ) : null}
        <label className="row end">
          <span className="small dim">{say("coverage.days")}</span>
          <select
            className="input"
            name="days"
            value={days}
            onChange={(event) => {
              address.set({ days: event.target.value === "30" ? "" : event.target.value });
            }}
          >
            {DAYS.map((count) => (
              <option key={count} value={count}>
                {say("backtest.days", { n: count })}
              </option>
            ))}
          </select>
        </label>
      </div>
      <RuleTabs here="/rules/coverage" />
      <Shown reading={reading} rows={10}>
        {(coverage) => (
          <>
            {coverage.whole ? null : (
              <p className="ban unk">
                <Mark kind="unknown" tone="c-unk" />
                {say("coverage.partly")}
              </p>
            )}
            <Matrix techniques={coverage.techniques} />
            <Gaps coverage={coverage} />
            <Idle coverage={coverage} />
          </>
        )}
      </Shown>
    </>
  );
}
