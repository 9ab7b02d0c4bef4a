// Which rules a page shows, and in which order: pure, from what the address says.
import type { Language } from "./messages";
import { ruleTitleIn, titleWords } from "./rule_title";
import { folded } from "./text";

export interface Listed {
  id: string;
  title: string;
  title_vi?: string | undefined;
  level: string;
  kind: string;
  author: string;
  tags: readonly string[];
  log_source: { product: string; category: string; service: string };
  pack: string;
  off: boolean;
}
export interface Told {
  findings: number;
  closed_false: number;
  muted: number;
  microseconds_per_event?: number | undefined;
}
export interface Wanted {
  q: string;
  level: string;
  kind: string;
  pack: string; // "-": none
  state: string; // "on", "off"
  found: string; // "yes", "no", "false"
  sort: string;
}
export const SORTS = ["level", "title", "findings", "false", "muted", "cost"] as const;

const LEVEL_ORDER = ["critical", "high", "medium", "low", "informational"];

export const sourceText = ({ product, category, service }: Listed["log_source"]): string => [product, category, service].filter((part) => part !== "").join(" / ");

const NOTHING: Told = { findings: 0, closed_false: 0, muted: 0 };
// Every word must stand somewhere in what is known about the rule; accents and capitals do not count.
export function chosenRules<T extends Listed>(rules: readonly T[], told: ReadonlyMap<string, Told>, wanted: Wanted, language: Language): T[] {
  const words = folded(wanted.q).split(/\s+/).filter(Boolean);
  const of = (rule: T) => told.get(rule.id) ?? NOTHING;
  const kept = rules.filter((rule) => {
    if (wanted.level !== "" && rule.level !== wanted.level) return false;
    if (wanted.kind !== "" && rule.kind !== wanted.kind) return false;
    if (wanted.pack !== "" && (rule.pack || "-") !== wanted.pack) return false;
    if (wanted.state !== "" && rule.off !== (wanted.state === "off")) return false;
    if (wanted.found === "yes" && of(rule).findings === 0) return false;
    if (wanted.found === "no" && of(rule).findings > 0) return false;
    if (wanted.found === "false" && of(rule).closed_false === 0) return false;
    if (words.length === 0) return true;
    const text = folded([titleWords(rule), rule.id, rule.author, sourceText(rule.log_source), ...rule.tags].join(" "));
    return words.every((word) => text.includes(word));
  });
  const level = (rule: T) => LEVEL_ORDER.indexOf(rule.level);
  const by: Record<string, (one: T, other: T) => number> = {
    level: (one, other) => level(one) - level(other),
    findings: (one, other) => of(other).findings - of(one).findings,
    false: (one, other) => of(other).closed_false - of(one).closed_false,
    muted: (one, other) => of(other).muted - of(one).muted,
    cost: (one, other) => (of(other).microseconds_per_event ?? 0) - (of(one).microseconds_per_event ?? 0),
  };
  const first = wanted.sort === "title" ? undefined : (by[wanted.sort] ?? by["level"]);
  return kept.sort((one, other) => (first?.(one, other) ?? 0) || ruleTitleIn(one, language).localeCompare(ruleTitleIn(other, language), language) || one.id.localeCompare(other.id));
}

// "attack.t1059.001" → "T1059.001", "attack.initial-access" → a tactic; anything else is told as it is.
export const techniqueOf = (tag: string): string => (/^attack\.[tsg]\d/.test(tag) ? tag.slice(7).toUpperCase() : "");

// The tactics in the order of ATT&CK (Enterprise).
export const TACTICS = [
  "reconnaissance",
  "resource-development",
  "initial-access",
  "execution",
  "persistence",
  "privilege-escalation",
  "defense-evasion",
  "credential-access",
  "discovery",
  "lateral-movement",
  "collection",
  "command-and-control",
  "exfiltration",
  "impact",
] as const;
export type Tactic = (typeof TACTICS)[number];
export const tacticOf = (name: string): Tactic | undefined => TACTICS.find((tactic) => tactic === name);

// Kinds whose rules are about many events together: they have groups that one can look at.
const COUNTING = ["correlation", "dns", "flow"] as const;
export function countsEvents(kind: string): kind is (typeof COUNTING)[number] {
  return COUNTING.some((one) => one === kind);
}
