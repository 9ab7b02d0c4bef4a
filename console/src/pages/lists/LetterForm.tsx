// The head of the letter that the list came with: what the file tells, and what the person says instead. A blank number is allowed.
import { useState } from "react";
import type { ListLetter } from "../../api/types";
import type { Letter } from "../../base/list_choices";
import { TextField } from "../../parts/Field";
import { useWords } from "../../parts/preferences";

const ALL = ["issuer", "number", "date", "subject", "urgency"] as const;
const FIELDS = ["issuer", "number", "subject"] as const;

interface Props {
  letter: ListLetter; // as it is read now
  onChange: (letter: Letter) => void;
}
export function LetterForm({ letter, onChange }: Props) {
  const { say } = useWords();
  const [typed, setTyped] = useState<Letter>({});
  const value = (field: keyof ListLetter) => typed[field] ?? letter[field];
  const type = (field: keyof ListLetter) => (text: string) => {
    setTyped((before) => ({ ...before, [field]: text }));
  };
  // The file is read anew when a field is left, not at every letter.
  const tell = () => {
    if (ALL.some((field) => value(field) !== letter[field])) onChange(typed);
  };
  return (
    <div className="letter" onBlur={tell}>
      {FIELDS.map((field) => (
        <TextField key={field} label={say(`lists.letter.${field}`)} name={field} value={value(field)} onChange={type(field)} maxLength={field === "subject" ? 500 : 200} autoComplete="off" />
      ))}
      <TextField label={say("lists.letter.date")} name="date" type="date" value={value("date")} onChange={type("date")} />
      <label className="labelled">
        <span>{say("lists.letter.urgency")}</span>
        <input
          className="input"
          name="urgency"
          list="urgencies"
          maxLength={60}
          autoComplete="off"
          value={value("urgency")}
          onChange={(event) => {
            type("urgency")(event.target.value);
          }}
        />
        <datalist id="urgencies">
          {(["urgent", "very", "flash"] as const).map((one) => (
            <option key={one} value={say(`lists.urgency.${one}`)} />
          ))}
        </datalist>
      </label>
    </div>
  );
}
