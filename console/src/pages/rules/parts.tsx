// What the pages of detection share: their tabs, a rule's log source and pack in words, the link to an event.
import { Link } from "@tanstack/react-router";
import type { Scorecard } from "../../api/types";
import { countsEvents, sourceText, type Listed } from "../../base/rule_list";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";

export const OWN = "own"; // the pack of rules that people here wrote

const TABS = [
  ["/rules", "rules.tab"],
  ["/rules/coverage", "rules.coverage"],
  ["/rules/packs", "rules.packs"],
] as const;
export function RuleTabs({ here }: { here: (typeof TABS)[number][0] }) {
  const { say } = useWords();
  return (
    <nav className="tabs" aria-label={say("page.rules")}>
      {TABS.map(([path, words]) => (
        <Link key={path} to={path} activeOptions={{ exact: true, includeSearch: false }} aria-current={path === here ? "page" : undefined}>
          {say(words)}
        </Link>
      ))}
    </nav>
  );
}

export function LogSource({ source }: { source: Listed["log_source"] }) {
  const { say } = useWords();
  const text = sourceText(source);
  return text ? (
    <span className="mono small">
      <Hostile text={text} />
    </span>
  ) : (
    <span className="faint">{say("rules.anysource")}</span>
  );
}

export function usePackWords(): (pack: string) => string {
  const { say } = useWords();
  return (pack) => (pack === "" ? say("rules.shipped") : pack === OWN ? say("rules.own") : pack);
}
export function useKindWords(): (kind: string) => string {
  const { say } = useWords();
  return (kind) => (kind === "sigma" ? say("rules.kind.sigma") : countsEvents(kind) ? say(`rules.kind.${kind}`) : kind);
}

// What asking the rule costs; a rule that is asked seldom has not been measured.
export function Cost({ card }: { card: Scorecard | undefined }) {
  const { say, number } = useWords();
  const { measured, microseconds_per_event: micros } = card ?? {};
  if (measured === undefined || micros === undefined) return <span className="faint">{say("rules.cost.unknown")}</span>;
  return <span title={say("rules.cost.note", { n: number(measured) })}>{number(micros, micros < 10 ? 2 : 0)}</span>;
}

const AROUND_MS = 300_000;
export function EventLink({ id, occurred, children }: { id: string; occurred: string; children: string }) {
  const at = new Date(occurred).getTime();
  return (
    <Link to="/search" search={{ from: new Date(at - AROUND_MS).toISOString(), to: new Date(at + AROUND_MS).toISOString(), event: id }}>
      {children}
    </Link>
  );
}
