import { useEffect, useRef, useState, type RefObject } from "react";
import type { Rule } from "../../api/types";
import { LEVELS } from "../../api/types";
import { SORTS } from "../../base/rule_list";
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
  const pick = (name: string, label: string, options: readonly (readonly [string, string])[], none = say("filter.any")) => (
    <label className="labelled">
      <span>{label}</span>
      <select
        className="input"
        name={name}
        value={address.value(name)}
        onChange={(event) => {
          address.set({ [name]: event.target.value });
        }}
      >
        <option value="">{none}</option>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
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
      {pick(
        "level",
        say("col.level"),
        LEVELS.map((level) => [level, say(`level.${level}`)] as const),
      )}
      {pick(
        "kind",
        say("rules.kind"),
        kinds.map((kind) => [kind, kindWords(kind)] as const),
      )}
      {pick(
        "pack",
        say("rules.pack"),
        packs.map((pack) => [pack || "-", packWords(pack)] as const),
      )}
      {pick("state", say("rules.state"), [
        ["on", say("rules.on")],
        ["off", say("rules.off")],
      ])}
      {pick("found", say("rules.found"), [
        ["yes", say("rules.found.yes")],
        ["no", say("rules.found.no")],
        ["false", say("rules.found.false")],
      ])}
      {pick(
        "sort",
        say("rules.sort"),
        SORTS.filter((sort) => sort !== "level").map((sort) => [sort, say(SORT_WORDS[sort])] as const),
        say("col.level"),
      )}
      {FILTERS.some((name) => address.value(name)) ? (
        <button
          type="button"
          className="btn sm"
          onClick={() => {
            address.set(Object.fromEntries(FILTERS.map((name) => [name, ""])));
          }}
        >
          {say("filter.clear")}
          <span className="kbd">{"Shift Esc"}</span>
        </button>
      ) : null}
    </div>
  );
}
const SORT_WORDS = { level: "col.level", title: "rules.title", findings: "rules.found", false: "rules.false", muted: "rules.muted" } as const;
