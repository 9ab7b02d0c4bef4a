// The cases beside a rule: records that must fire it and records that must not, with what the rule as it is in force does with
// them when somebody asks. A result belongs to the text that was run: when the rule changes it goes.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { change, type ApiError } from "../../api/client";
import { useResource } from "../../api/resource";
import type { Rule, RuleCaseRun, RuleCases as Cases } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox, Shown } from "../../parts/States";

type Case = Cases["items"][number];
type Result = RuleCaseRun["items"][number];

function Outcome({ result }: { result: Result }) {
  const { say, number, language } = useWords();
  return (
    <>
      <span className="state">
        <Mark kind={result.passed ? "closed" : "refused"} tone={result.passed ? "c-ok" : "c-critical"} />
        {say(result.passed ? "cases.passed" : "cases.failed", { n: number(result.records) })}
      </span>
      {result.wrong.length > 0 ? (
        <ul className="plain small c-critical">
          {result.wrong.map((said) => (
            <li key={said.reason}>
              <Hostile text={language === "vi" ? said.reason_vi : said.reason} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

// Lines stay lines, and a long one is read by scrolling it.
function Lines({ text, label }: { text: string; label: string }) {
  return (
    <div className="mono small caserecords" tabIndex={0} role="group" aria-label={label}>
      {text
        .trimEnd()
        .split("\n")
        .map((line, at) => (
          <div key={at}>
            <Hostile text={line} />
          </div>
        ))}
    </div>
  );
}

function Row({ one, result }: { one: Case; result: Result | undefined }) {
  const { say, bytes } = useWords();
  return (
    <li data-case={one.name}>
      <details>
        <summary>
          <span className="mono">
            <Hostile text={one.name} />
          </span>{" "}
          <span className={one.attack ? "c-high" : "dim"}>{say(one.attack ? "cases.attack" : "cases.benign")}</span> <span className="faint small">{bytes(one.bytes)}</span>
        </summary>
        <Lines text={one.text} label={one.name} />
        {one.cut ? <p className="faint small">{say("cases.cut")}</p> : null}
      </details>
      {result ? <Outcome result={result} /> : null}
    </li>
  );
}

function Summary({ results }: { results: readonly Result[] }) {
  const { say, number } = useWords();
  const wrong = results.filter((one) => !one.passed).length;
  return (
    <span className="state" role="status" data-testid="cases">
      <Mark kind={wrong === 0 ? "closed" : "refused"} tone={wrong === 0 ? "c-ok" : "c-critical"} />
      {wrong === 0 ? say("cases.all", { n: number(results.length) }) : say("cases.some", { n: number(wrong), m: number(results.length) })}
    </span>
  );
}

export function RuleCases({ rule }: { rule: Rule }) {
  const { say, number } = useWords();
  const reading = useResource("/api/v1/rules/{id}/cases", { id: rule.id });
  const [ranText, setRanText] = useState("");
  const run = useMutation<RuleCaseRun, ApiError>({ mutationFn: () => change("post", "/api/v1/rules/{id}/cases/run", { id: rule.id }) });
  const results = run.data && !run.isPending && ranText === rule.text ? run.data.items : undefined;
  return (
    <section className="sec wide" aria-labelledby="cases">
      <header>
        <h2 id="cases">{say("cases.title")}</h2>
        <span className="dim small">{say("cases.note")}</span>
      </header>
      <Shown reading={reading} rows={3}>
        {(cases) =>
          cases.items.length === 0 ? (
            <p className="faint">{say("cases.none")}</p>
          ) : (
            <>
              <div className="row">
                <button
                  type="button"
                  className="btn"
                  disabled={run.isPending}
                  onClick={() => {
                    setRanText(rule.text ?? "");
                    run.mutate();
                  }}
                >
                  {say("cases.run")}
                </button>
                {run.isPending ? (
                  <span role="status" className="dim">
                    {say("cases.busy")}
                  </span>
                ) : null}
                {results ? <Summary results={results} /> : null}
              </div>
              {run.error ? <ErrorBox error={run.error} /> : null}
              <ul className="plain" style={{ marginTop: "8px" }}>
                {cases.items.map((one) => (
                  <Row key={one.name} one={one} result={results?.find((result) => result.name === one.name)} />
                ))}
              </ul>
              {cases.left_out > 0 ? <p className="c-unk">{say("cases.leftout", { n: number(cases.left_out) })}</p> : null}
              {cases.origin ? (
                <details>
                  <summary className="small">{say("cases.origin")}</summary>
                  <Lines text={cases.origin} label={say("cases.origin")} />
                </details>
              ) : null}
            </>
          )
        }
      </Shown>
    </section>
  );
}
