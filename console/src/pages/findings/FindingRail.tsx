import { Link } from "@tanstack/react-router";
import { formatTime } from "../../base/time";
import { useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { LevelGlyph, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";
import { Shown } from "../../parts/States";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const textOf = (value: unknown, name: string): string => (isObject(value) && typeof value[name] === "string" ? value[name] : "");
const DEEDS = ["finding:acknowledge", "finding:assign", "finding:close", "finding:mute", "finding:reopen", "finding:unacknowledge", "finding:unmute", "personal:reveal"] as const;

// What people did, from the audit chain, together with what the events did.
function History({ finding }: { finding: Finding }) {
  const { say } = useWords();
  const reading = useResource("/api/v1/findings/{id}/history", { id: finding.id });
  return (
    <Shown reading={reading} rows={3}>
      {(history) => {
        const deeds = history.items.map((deed) => {
          const known = DEEDS.find((name) => name === deed.action);
          const after = isObject(deed.details) ? deed.details["after"] : undefined;
          const reason = textOf(deed.details, "reason");
          const to = deed.action === "finding:assign" ? textOf(after, "assignee") || say("by.nobody") : "";
          return { time: deed.time, what: known ? say(`deed.${known}`) : deed.action, more: [to, reason ? `«${reason}»` : ""].filter(Boolean).join(" "), who: deed.actor.replace(/^user:/, "") };
        });
        const events = [
          { time: finding.first_seen, what: say("history.first"), more: "", who: "" },
          { time: finding.created ?? finding.first_seen, what: say("history.created"), more: "", who: "" },
          { time: finding.last_seen, what: say("history.last"), more: "", who: "" },
        ];
        const all = [...deeds, ...events].sort((one, other) => other.time.localeCompare(one.time));
        return (
          <ul className="tl">
            {all.map((step, at) => (
              <li key={`${step.time} ${step.what} ${String(at)}`}>
                <time className="nw" dateTime={step.time}>
                  {formatTime(step.time)}
                </time>
                <span>
                  <b>{step.what}</b>
                  {step.more ? (
                    <>
                      {" "}
                      <Hostile text={step.more} />
                    </>
                  ) : null}
                  {step.who ? (
                    <span className="faint">
                      {" · "}
                      <Hostile text={step.who} />
                    </span>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
        );
      }}
    </Shown>
  );
}

function Elsewhere({ finding }: { finding: Finding }) {
  const { say, number, ruleTitle } = useWords();
  // By the finding, not by the name: it may be masked, and asking for the name of a person stands in the audit chain.
  const same = useResource("/api/v1/findings", { query: { like: finding.id, limit: "6" } });
  const count = useResource("/api/v1/findings/count", { query: { like: finding.id } });
  const others = (same.data?.items ?? []).filter((other) => other.id !== finding.id).slice(0, 5);
  return (
    <section className="sec">
      <header>
        <h2>{say("host.elsewhere")}</h2>
        <span className="end">
          {count.data && count.data.count > 1 ? (
            <Link to="/findings" search={{ like: finding.id }}>
              {number(count.data.count - 1)}
            </Link>
          ) : null}
        </span>
      </header>
      {others.length > 0 ? (
        <ul className="plain">
          {others.map((other) => (
            <li key={other.id} className="state">
              <LevelGlyph level={other.level} />
              <Link className="cut" to="/findings/$id" params={{ id: other.id }}>
                <Hostile text={ruleTitle(other.rule)} />
              </Link>
              <span className="faint small nw end">{say(`state.${other.state}`)}</span>
            </li>
          ))}
        </ul>
      ) : same.data ? (
        <p className="dim">{say("host.nowhere")}</p>
      ) : null}
    </section>
  );
}

export function FindingRail({ finding, checked }: { finding: Finding; checked: string }) {
  const { say } = useWords();
  const { names } = useOrganisations();
  const techniques = finding.rule.tags.filter((tag) => tag.startsWith("attack.")).map((tag) => tag.slice("attack.".length));
  return (
    <aside className="rail" aria-label={say("host.title")}>
      <section className="sec">
        <header>
          <h2>{say("host.title")}</h2>
        </header>
        <dl className="kv">
          <dt>{say("host.entity")}</dt>
          <dd className="mono">
            <Hostile text={finding.entity} />
          </dd>
          <dt>{say("host.org")}</dt>
          <dd>
            {names.has(finding.organisation) ? (
              <Hostile text={names.get(finding.organisation) ?? ""} />
            ) : (
              <span className="state c-unk">
                <Mark kind="unknown" tone="c-unk" />
                {say("host.unknown")}
              </span>
            )}
          </dd>
          <dt>{say("col.assignee")}</dt>
          <dd>{finding.assignee ? <Hostile text={finding.assignee} /> : <span className="faint">{say("by.nobody")}</span>}</dd>
          {finding.muted_until && finding.mute_reason ? (
            <>
              <dt>{say("state.muted")}</dt>
              <dd>
                <Hostile text={say("history.muted", { time: formatTime(finding.muted_until), why: finding.mute_reason })} />
              </dd>
            </>
          ) : null}
          {finding.verdict ? (
            <>
              <dt>{say("finding.verdict")}</dt>
              <dd>{say(`verdict.${finding.verdict}`)}</dd>
            </>
          ) : null}
          <dt>{say("host.id")}</dt>
          <dd className="mono small">{finding.id}</dd>
        </dl>
      </section>
      <Elsewhere finding={finding} />
      <section className="sec">
        <header>
          <h2>{say("history.title")}</h2>
        </header>
        <History finding={finding} />
      </section>
      <section className="sec">
        <header>
          <h2>{say("attack.title")}</h2>
        </header>
        {techniques.length > 0 ? (
          <ul className="plain">
            {techniques.map((name) => (
              <li key={name} className="mono small">
                <Hostile text={/^t\d/.test(name) ? name.toUpperCase() : name} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="dim">{say("attack.none")}</p>
        )}
      </section>
      <section className="sec faint small">{say("checked", { time: checked })}</section>
    </aside>
  );
}
