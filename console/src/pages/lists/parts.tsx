// What the pages of lists share: how a list is called, and the four states of a victim from one list to the next.
import type { ListHit } from "../../api/types";
import { sayReading } from "../../base/list_sentence_messages";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

// '2026-11-28' as people here write it; what is no such date stays.
export const plainDate = (date: string): string => date.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$3/$2/$1");

// A number may be missing, and then that is said.
export function LetterNumber({ letter }: { letter: { number: string } }) {
  const { say } = useWords();
  return letter.number ? <Hostile text={letter.number} /> : <span className="c-unk">{say("lists.nonumber")}</span>;
}

export const STATES = ["new", "relapsed", "persistent", "gone"] as const;
const SIGNS = { new: ["new", "c-acc"], persistent: ["acknowledged", "c-high"], gone: ["closed", "c-ok"], relapsed: ["refused", "c-critical"] } as const;

export function HitState({ state }: { state: ListHit["state"] }) {
  const { say } = useWords();
  const [mark, tone] = SIGNS[state];
  return (
    <span className={`state ${tone}`}>
      <Mark kind={mark} tone={tone} />
      {say(`lists.state.${state}`)}
    </span>
  );
}

export const shortHash = (hash: string): string => (hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);

// A sentence of the reader of lists, in the language in force.
export function useReads() {
  const { language } = useWords();
  return (text: string) => sayReading(text, language);
}
