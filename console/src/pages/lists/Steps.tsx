// The steps of an import. Each can be looked at in any order; one with an open question says so, and only keeping waits for it.
import type { ListReading } from "../../api/types";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

export const STEPS = ["file", "read", "columns", "account", "whose", "compare", "keep"] as const;
export type Step = (typeof STEPS)[number];
export const stepNamed = (text: string): Step | undefined => STEPS.find((step) => step === text);

// Which step a question is asked at.
export const stepOf = (about: string): Step => (about === "encoding" || about === "sheet" || about === "header" ? "read" : "columns");

interface Props {
  step: Step;
  reading: ListReading | undefined;
  onStep: (step: Step) => void;
}
export function Steps({ step, reading, onStep }: Props) {
  const { say } = useWords();
  const at = STEPS.indexOf(step);
  const asked = new Set(reading?.questions.map((question) => stepOf(question.about)));
  return (
    <ol className="importsteps" aria-label={say("lists.steps")}>
      {STEPS.map((one, index) => {
        const done = index < at && !asked.has(one);
        return (
          <li key={one} className={one === step ? "on" : done ? "done" : ""}>
            <button
              type="button"
              aria-current={one === step ? "step" : undefined}
              disabled={reading === undefined && one !== "file"}
              onClick={() => {
                onStep(one);
              }}
            >
              <span className="n">{done ? <Icon name="check" /> : asked.has(one) && one !== step ? "?" : index + 1}</span>
              {say(`lists.step.${one}`)}
              {done ? <span className="vh">{say("lists.step.done")}</span> : asked.has(one) ? <span className="vh">{say("lists.step.asks")}</span> : null}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
