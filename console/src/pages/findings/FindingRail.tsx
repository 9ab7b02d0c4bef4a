import { Link } from "@tanstack/react-router";
import { formatTime } from "../../base/time";
import { useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";

function History({ finding }: { finding: Finding }) {
  const { say } = useWords();
  const steps: [string | undefined, string][] = [
    [finding.first_seen, say("history.first")], [finding.created, say("history.created")], [finding.last_seen, say("history.last")],
    [finding.updated, [say(`state.${finding.state}`), finding.assignee ? say("history.by", { who: finding.assignee }) : "", finding.close_reason ? say("history.closed", { why: finding.close_reason }) : "", finding.muted_until ? say("history.muted", { time: formatTime(finding.muted_until), why: finding.mute_reason ?? "" }) : ""].filter(Boolean).join(". ")],
  ];
  const told = steps.flatMap(([time, text]) => (time ? [{ time, text }] : [])).sort((one, other) => one.time.localeCompare(other.time));
  return <ul className="tl">{told.map((step) => <li key={step.text}><time className="nw" dateTime={step.time}>{formatTime(step.time)}</time><Hostile text={step.text} /></li>)}</ul>;
}

export function FindingRail({ finding, checked }: { finding: Finding; checked: string }) {
  const { say, number } = useWords();
  const { names } = useOrganisations();
  const same = useResource("/api/v1/findings/count", { query: { entity: finding.entity } });
  const techniques = finding.rule.tags.filter((tag) => tag.startsWith("attack.")).map((tag) => tag.slice("attack.".length));
  return (
    <aside className="rail">
      <section className="sec"><header><h2>{say("host.title")}</h2></header>
        <dl className="kv"><dt>{say("host.entity")}</dt><dd className="mono"><Hostile text={finding.entity} /></dd><dt>{say("host.org")}</dt><dd>{names.has(finding.organisation) ? <Hostile text={names.get(finding.organisation) ?? ""} /> : <span className="state c-unk"><Mark kind="unknown" tone="c-unk" />{say("host.unknown")}</span>}</dd><dt>{say("host.id")}</dt><dd className="mono small">{finding.id}</dd></dl>
      </section>
      <section className="sec"><header><h2>{say("host.elsewhere")}</h2><span className="end">{same.data ? <Link to="/findings" search={{ entity: finding.entity }}>{number(Math.max(0, same.data.count - 1))}</Link> : null}</span></header></section>
      <section className="sec"><header><h2>{say("history.title")}</h2></header><History finding={finding} /></section>
      <section className="sec"><header><h2>{say("attack.title")}</h2></header>{techniques.length > 0 ? <ul>{techniques.map((name) => <li key={name} className="mono small"><Hostile text={/^t\d/.test(name) ? name.toUpperCase() : name} /></li>)}</ul> : <p className="dim">{say("attack.none")}</p>}</section>
      <section className="sec faint small">{say("checked", { time: checked })}</section>
    </aside>
  );
}
