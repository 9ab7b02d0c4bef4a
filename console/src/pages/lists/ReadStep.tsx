// What the file is: its form, the lines around the table, and the head of the letter.
import type { ListReading, TitleLine } from "../../api/types";
import type { Letter } from "../../base/list_choices";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { LetterForm } from "./LetterForm";

function Lines({ title, lines }: { title: string; lines: readonly TitleLine[] }) {
  const { number } = useWords();
  if (lines.length === 0) return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {lines.map(({ line, text }) => (
          <div key={line}>
            <span className="faint mono small">{number(line)}</span> <Hostile text={text} />
          </div>
        ))}
      </dd>
    </>
  );
}

interface Props {
  reading: ListReading;
  onLetter: (letter: Letter) => void;
  onAnswer: (about: string, choice: string) => void;
  onProfile: (profile: string) => void;
}
export function ReadStep({ reading, onLetter, onAnswer, onProfile }: Props) {
  const { say } = useWords();
  return (
    <>
      <section className="sec wide">
        <header>
          <h2>{say("lists.letter")}</h2>
        </header>
        <p className="dim small">{say("lists.letter.note")}</p>
        <LetterForm letter={reading.letter} onChange={onLetter} />
      </section>
      <section className="sec wide">
        <header>
          <h2>{say("lists.file")}</h2>
        </header>
        <dl className="kv wide">
          <dt>{say("lists.form")}</dt>
          <dd className="mono">{reading.form}</dd>
          {reading.separator ? (
            <>
              <dt>{say("lists.separator")}</dt>
              <dd className="mono">
                <Hostile text={reading.separator} />
              </dd>
            </>
          ) : null}
          {reading.profile ? (
            <>
              <dt>{say("lists.profile")}</dt>
              <dd className="row">
                <b>
                  <Hostile text={reading.profile} />
                </b>
                <button
                  type="button"
                  className="btn sm"
                  onClick={() => {
                    onProfile("none");
                  }}
                >
                  {say("lists.profile.none")}
                </button>
              </dd>
            </>
          ) : null}
          <Lines title={say("lists.title")} lines={reading.title} />
          <Lines title={say("lists.footer")} lines={reading.footer} />
        </dl>
        {reading.sheets.length > 1 ? (
          <label className="labelled narrow">
            <span>{say("lists.sheet")}</span>
            <select
              className="input"
              name="sheet"
              value={reading.sheet}
              onChange={(event) => {
                onAnswer("sheet", event.target.value);
              }}
            >
              {reading.sheet === "" ? <option value="">{say("lists.role.choose")}</option> : null}
              {reading.sheets.map((sheet) => (
                <option key={sheet} value={sheet}>
                  {sheet}
                </option>
              ))}
            </select>
          </label>
        ) : null}
      </section>
    </>
  );
}
