// What lint says of a rule, by line: the weight as a mark and a word, the reason and the remedy in the reader's language.
import type { RuleRemark } from "../api/types";
import type { LineNote } from "./CodeText";
import { Hostile } from "./Hostile";
import { Icon, Mark } from "./Icon";
import { useWords } from "./preferences";
import "./rules.css";

export const isError = (remark: RuleRemark): boolean => remark.type !== "warning";

export function useLineNotes(remarks: readonly RuleRemark[]): LineNote[] {
  const { language } = useWords();
  return remarks.map((remark) => ({ line: remark.line, weight: isError(remark) ? "error" : "warning", text: language === "vi" ? remark.reason_vi : remark.reason }));
}

export function Remarks({ remarks, onLine }: { remarks: readonly RuleRemark[]; onLine?: (line: number) => void }) {
  const { say, language } = useWords();
  if (remarks.length === 0)
    return (
      <p className="state">
        <Mark kind="closed" tone="c-ok" />
        {say("lint.none")}
      </p>
    );
  return (
    <ul className="plain remarks">
      {remarks.map((remark, at) => {
        const remedy = language === "vi" ? remark.remedy_vi : remark.remedy;
        const line = say("lint.line", { n: remark.line });
        return (
          <li key={`${remark.check} ${String(remark.line)} ${String(at)}`}>
            <span className={`state ${isError(remark) ? "c-critical" : "c-high"}`}>
              {isError(remark) ? <Mark kind="refused" tone="c-critical" /> : <Icon name="warn" />}
              {say(`lint.${remark.type}`)}
            </span>
            {remark.line > 0 ? (
              onLine ? (
                <button
                  type="button"
                  className="btn sm"
                  onClick={() => {
                    onLine(remark.line);
                  }}
                >
                  {line}
                </button>
              ) : (
                <span className="dim nw">{line}</span>
              )
            ) : null}
            <span>
              <Hostile text={language === "vi" ? remark.reason_vi : remark.reason} />
              {remedy ? (
                <span className="dim">
                  {" "}
                  <Hostile text={say("lint.remedy", { what: remedy })} />
                </span>
              ) : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
