// What only a person can say before the list may be kept. Nothing is chosen beforehand; an answer is applied at once.
import type { ListReading } from "../../api/types";
import { columnOf } from "../../base/list_choices";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useReads } from "./parts";
import { isRole, RolePick, useRoleWords } from "./roles";

const MOST_RADIOS = 6; // of many choices only those that seem right; they stand before "ignore"
type Question = ListReading["questions"][number];

interface OneProps {
  question: Question;
  reading: ListReading;
  onAnswer: (about: string, choice: string) => void;
}

// The words of a choice: a role, a column, a line; what has no words is shown as it is.
function useChoiceWords(question: Question, reading: ListReading) {
  const { say } = useWords();
  const words = useRoleWords();
  return (choice: string): string => {
    if (question.about.startsWith("column:") && isRole(choice)) return words(choice);
    if (question.about === "victim") return reading.columns.find(({ key, header }) => key === choice || header === choice)?.header ?? choice;
    if (question.about === "header") return choice === "0" ? say("lists.header.none") : say("lists.header.line", { n: choice });
    if (question.about === "date-order" && (choice === "day-first" || choice === "month-first")) return say(`lists.order.${choice}`);
    return choice;
  };
}

const KNOWN = ["encoding", "sheet", "header", "zone", "date-order", "victim"] as const;

function One({ question, reading, onAnswer }: OneProps) {
  const { say, number } = useWords();
  const reads = useReads();
  const roleWords = useRoleWords();
  const choiceWords = useChoiceWords(question, reading);
  const column = columnOf(question.about, reading.columns);
  const samples = column?.samples ?? [];
  const known = KNOWN.find((about) => about === question.about);
  const many = question.choices.length > MOST_RADIOS;
  const suggested = column?.suggestion ?? undefined;
  const radios = many ? question.choices.slice(0, Math.max(question.choices.indexOf("ignore"), 0) + 1) : question.choices;
  const legend = column ? say("lists.q.column", { name: column.header || String(column.index + 1) }) : known ? say(`lists.q.${known}`) : reads(question.text);
  const zone = question.about === "zone" && radios.length === 0;
  return (
    <fieldset className="ask1">
      <legend className="c-medium">
        <Icon name="warn" />
        <Hostile text={legend} />
      </legend>
      {column ? (
        <p className="small dim">
          {samples.length > 0 ? (
            <>
              {say("lists.q.samples", { n: number(column.filled ?? 0) })}
              {": "}
              <Hostile text={samples.join(", ")} />
              {". "}
            </>
          ) : null}
          {suggested ? <Hostile text={reads(column.grounds)} /> : say("lists.q.neverseen")}
        </p>
      ) : known ? (
        <p className="small dim">
          <Hostile text={reads(question.text)} />
        </p>
      ) : null}
      {radios.map((choice) => (
        <label key={choice} className="opt">
          <input
            type="radio"
            name={`answer ${question.about}`}
            value={choice}
            checked={false}
            onChange={() => {
              onAnswer(question.about, choice);
            }}
          />
          <span>
            <Hostile text={choiceWords(choice)} />
            {choice === suggested ? <span className="small faint"> {say("lists.q.suggested")}</span> : null}
            {choice === "ignore" ? <span className="small faint"> {say("lists.q.ignore")}</span> : null}
          </span>
        </label>
      ))}
      {many && column ? (
        <div className="opt">
          <RolePick
            label={say("lists.q.other", { name: column.header })}
            role=""
            onPick={(role) => {
              onAnswer(question.about, role);
            }}
          />
          <span className="vh">{suggested ? roleWords(suggested) : null}</span>
        </div>
      ) : null}
      {zone
        ? ["Asia/Ho_Chi_Minh", "UTC"].map((choice) => (
            <label key={choice} className="opt">
              <input
                type="radio"
                name="answer zone"
                value={choice}
                checked={false}
                onChange={() => {
                  onAnswer("zone", choice);
                }}
              />
              <span className="mono">{choice}</span>
            </label>
          ))
        : null}
    </fieldset>
  );
}

export function Questions({ reading, onAnswer }: Omit<OneProps, "question">) {
  const { say, number } = useWords();
  const open = reading.questions;
  return (
    <section className="sec" aria-label={say("lists.decide")}>
      <header>
        <h2>{say("lists.decide")}</h2>
        {open.length > 0 ? <span className="end chip c-medium">{say("lists.decide.n", { n: number(open.length) })}</span> : null}
      </header>
      {open.length === 0 ? (
        <p className="state">
          <Mark kind="closed" tone="c-ok" />
          {say("lists.decide.none")}
        </p>
      ) : (
        open.map((question) => <One key={question.about} question={question} reading={reading} onAnswer={onAnswer} />)
      )}
    </section>
  );
}
