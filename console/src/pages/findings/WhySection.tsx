import { textOfValue } from "../../base/hostile";
import { conditionLines, conditionText } from "../../base/rule_text";
import { useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";

// Field by field: what stood in the event, and what the rule asks, in the rule's own words.
export function WhySection({ finding }: { finding: Finding }) {
  const { say, ruleTitle } = useWords();
  const { may } = useMe();
  const rule = useResource("/api/v1/rules/{id}", { id: finding.rule.id, enabled: may("rule:read") });
  const text = rule.data?.text ?? "";
  const lines = text.split("\n");
  const fields = Object.entries(finding.matched).map(([name, value]) => ({ name, value: textOfValue(value), at: conditionLines(text, name) }));
  const asked = new Set(fields.flatMap((field) => field.at));
  fields.sort((one, other) => Number(other.at.length > 0) - Number(one.at.length > 0));
  return (
    <>
      <section className="sec wide" aria-labelledby="why">
        <header>
          <h2 id="why">{say("why.title")}</h2>
          <span className="dim small">
            <Hostile text={say("why.by", { title: ruleTitle(finding.rule), author: finding.rule.author })} />
            {" · "}
            <span className="mono">{finding.rule.kind}</span>
          </span>
        </header>
        <div className="scrollx" tabIndex={0}>
          <table className="tbl">
            <thead>
              <tr>
                <th>{say("why.field")}</th>
                <th>{say("why.value")}</th>
                <th>{say("why.rule")}</th>
                <th>{say("why.result")}</th>
              </tr>
            </thead>
            <tbody>
              {fields.map((field) => (
                <tr key={field.name}>
                  <td className="mono nw">
                    <Hostile text={field.name} />
                  </td>
                  <td className="mono">
                    <div className="clamp">
                      <Hostile text={field.value} mark={field.at.length > 0} />
                    </div>
                  </td>
                  <td className="mono small">
                    {field.at.length > 0 ? (
                      <div className="clamp">
                        <Hostile text={conditionText(field.at.map((line) => lines[line] ?? ""))} />
                      </div>
                    ) : (
                      <span className="faint">{say("why.notused")}</span>
                    )}
                  </td>
                  <td>
                    {field.at.length > 0 ? (
                      <span className="state">
                        <Mark kind="closed" tone="c-ok" />
                        {say("why.match")}
                      </span>
                    ) : (
                      <span className="state faint">
                        <Mark kind="new" />
                        {say("why.context")}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className="sec wide" aria-labelledby="ruletext">
        <details>
          <summary>
            <b id="ruletext">{say("why.ruletext")}</b>
            {rule.data?.license ? (
              <span className="faint small">
                {" · "}
                <Hostile text={rule.data.license} />
              </span>
            ) : null}
          </summary>
          {rule.error ? (
            <p className="c-unk state">
              <Mark kind="unknown" tone="c-unk" />
              {say("why.gone")}
            </p>
          ) : null}
          {text ? (
            <pre className="raw" tabIndex={0} style={{ marginTop: "8px" }}>
              {lines.map((line, at) => (
                <span key={at} className={asked.has(at) ? "hit" : undefined}>
                  <Hostile text={line} />
                  {"\n"}
                </span>
              ))}
            </pre>
          ) : null}
        </details>
      </section>
    </>
  );
}
