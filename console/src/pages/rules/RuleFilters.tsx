import { useEffect, useRef, useState, type RefObject } from "react";
import type { Rule } from "../../api/types";
import { LEVELS } from "../../api/types";
import { SORTS } from "../../base/rule_list";
import { ClearFilters, PickFilter } from "../../parts/Filters";
import { useWords } from "../../parts/preferences";
import { useAddress } from "../../parts/url";
import { useLater } from "./later";
import { useKindWords, usePackWords } from "./parts";

export const FILTERS = ["q", "level", "kind", "pack", "state", "found"] as const;
const WAIT_MS = 200;

// What the list shows; it stands in the address. The text goes there a moment after the last letter.
export function RuleFilters({ rules, field }: { rules: readonly Rule[]; field: RefObject<HTMLInputElement | null> }) {
  const { say } = useWords();
  const address = useAddress();
  const packWords = usePackWords();
  const kindWords = useKindWords();
  const asked = address.value("q");
  const [text, setText] = useState(asked);
  const [known, setKnown] = useState(asked);
  const late = useLater(text, WAIT_MS);
  // Another address, by Back or by a button: the field follows. What was typed since stays.
  if (asked !== known) {
    setKnown(asked);
    if (asked !== late) setText(asked);
  }
  const latest = useRef(address);
  useEffect(() => {
    latest.current = address;
  });
  useEffect(() => {
    if (latest.current.value("q") !== late) latest.current.set({ q: late });
  }, [late]);
  const kinds = [...new Set(rules.map((rule) => rule.kind))].sort();
  const packs = [...new Set(rules.map((rule) => rule.pack))].sort();
  return (
    <div className="filters">
      <label className="labelled rulefilter">
        <span>{say("rules.filter")}</span>
        <input
          ref={field}
          className="input"
          type="search"
          name="q"
          maxLength={200}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <PickFilter name="level" label={say("col.level")} options={LEVELS.map((level) => [level, say(`level.${level}`)] as const)} />
      <PickFilter name="kind" label={say("rules.kind")} options={kinds.map((kind) => [kind, kindWords(kind)] as const)} />
      <PickFilter name="pack" label={say("rules.pack")} options={packs.map((pack) => [pack || "-", packWords(pack)] as const)} />
      <PickFilter
        name="state"
        label={say("rules.state")}
        options={[
          ["on", say("rules.on")],
          ["off", say("rules.off")],
        ]}
      />
      <PickFilter
        name="found"
        label={say("rules.found")}
        options={[
          ["yes", say("rules.found.yes")],
          ["no", say("rules.found.no")],
          ["false", say("rules.found.false")],
        ]}
      />
      <PickFilter name="sort" label={say("rules.sort")} options={SORTS.filter((sort) => sort !== "level").map((sort) => [sort, say(SORT_WORDS[sort])] as const)} none={say("col.level")} />
      <ClearFilters names={FILTERS} />
    </div>
  );
}
const SORT_WORDS = { level: "col.level", title: "rules.title", findings: "rules.found", false: "rules.false", muted: "rules.muted", cost: "rules.cost" } as const;
