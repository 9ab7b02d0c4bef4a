// How facts of the directory are drawn: what they say, how long they hold, and who answers for them.
import type { Fact } from "../../api/types";
import { textOfValue } from "../../base/hostile";
import { formatDate } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";
import { fieldNamed, kindNamed, wordNamed, FIELDS } from "./kinds";

export function useFieldWords() {
  const { say } = useWords();
  return (name: string) => {
    const known = fieldNamed(name);
    return known ? say(`directory.field.${known}`) : name;
  };
}

// A value of a body as one text: words in the language, organisations by their names.
export function useValueWords() {
  const { say } = useWords();
  const { names } = useOrganisations();
  return (kind: string, name: string, value: unknown): string => {
    const known = kindNamed(kind);
    const form = known ? FIELDS[known].find((field) => field.name === name)?.form : undefined;
    const text = textOfValue(value);
    if (form === "organisation") return names.get(text) ?? text;
    const word = form === "word" ? wordNamed(text) : undefined;
    return word ? say(`directory.word.${word}`) : text;
  };
}

export function Body({ fact, without = [] }: { fact: Fact; without?: readonly string[] }) {
  const words = useFieldWords();
  const value = useValueWords();
  const shown = Object.entries(fact.body).filter(([name]) => !without.includes(name));
  if (shown.length === 0) return null;
  return (
    <span className="s small">
      {shown.map(([name, one], at) => (
        <span key={name}>
          {at > 0 ? " · " : null}
          {words(name)}
          {": "}
          <Hostile text={value(fact.kind, name, one)} />
        </span>
      ))}
    </span>
  );
}

const MARKS = { proposed: ["unknown", "c-unk"], approved: ["closed", "c-ok"], refused: ["refused", "c-critical"] } as const;
export function Standing({ state }: { state: Fact["state"] }) {
  const { say } = useWords();
  const [mark, tone] = MARKS[state];
  return (
    <span className={`state ${tone}`}>
      <Mark kind={mark} tone={tone} />
      {say(`directory.state.${state}`)}
    </span>
  );
}

export function useValidity() {
  const { say } = useWords();
  return (from: string, until: string | null | undefined) =>
    until ? say("directory.between", { from: formatDate(from), until: formatDate(until) }) : say("directory.since", { from: formatDate(from) });
}

export const personOf = (by: string | null | undefined): string => (by ?? "").replace(/^user:/, "");

// The day in GMT+7, as a field for days takes it.
export const today = (): string => new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
