import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import { useLint, useScorecards, useTunings } from "../../api/rules";
import type { Rule } from "../../api/types";
import { countsEvents, tacticOf, techniqueOf } from "../../base/rule_list";
import { shortId } from "../../base/text";
import { formatClock, formatTime } from "../../base/time";
import { useActions } from "../../parts/actions";
import { CodeText } from "../../parts/CodeText";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { Severity } from "../../parts/Labels";
import { usePageKeys } from "../../parts/page_keys";
import { useWords } from "../../parts/preferences";
import { Remarks, useLineNotes } from "../../parts/Remarks";
import { CopyButton } from "../../parts/Secret";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { Backtest } from "./Backtest";
import { CorrelationGroups } from "./CorrelationGroups";
import { Cost, LogSource, OWN, useKindWords, usePackWords } from "./parts";
import { RuleCases } from "./RuleCases";
import { SwitchDialog } from "./SwitchDialog";

function Texts({ title, items }: { title: string; items: readonly string[] | undefined }) {
  if (!items || items.length === 0) return null;
  return (
    <section className="sec">
      <header>
        <h2>{title}</h2>
      </header>
      <ul className="plain">
        {items.map((item) => (
          <li key={item} style={{ overflowWrap: "anywhere" }}>
            <Hostile text={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Attack({ tags }: { tags: readonly string[] }) {
  const { say } = useWords();
  const techniques = tags.map(techniqueOf).filter(Boolean);
  const tactics = tags.flatMap((tag) => tacticOf(tag.replace(/^attack\./, "")) ?? []);
  const others = tags.filter((tag) => !tag.startsWith("attack."));
  return (
    <section className="sec">
      <header>
        <h2>{say("attack.title")}</h2>
      </header>
      {techniques.length + tactics.length === 0 ? <p className="faint">{say("attack.none")}</p> : null}
      <div className="row">
        {tactics.map((tactic) => (
          <span key={tactic} className="chip">
            {say(`tactic.${tactic}`)}
          </span>
        ))}
        {techniques.map((technique) => (
          <Link key={technique} className="chip mono" to="/rules" search={{ q: technique }}>
            {technique}
          </Link>
        ))}
        {others.map((tag) => (
          <span key={tag} className="chip mono">
            <Hostile text={tag} />
          </span>
        ))}
      </div>
    </section>
  );
}

function Score({ rule }: { rule: Rule }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const scores = useScorecards(may("finding:read"));
  if (!may("finding:read")) return null;
  return (
    <section className="sec">
      <header>
        <h2>{say("rule.score")}</h2>
      </header>
      <Shown reading={scores} rows={4}>
        {(cards) => {
          const card = cards.find((one) => one.rule === rule.id);
          const measured =
            card?.measured === undefined ? null : (
              <dl className="kv">
                <dt>{say("rules.cost")}</dt>
                <dd>
                  <Cost card={card} />
                </dd>
              </dl>
            );
          if (!card || card.findings === 0)
            return (
              <>
                <p className="faint">{say("rule.score.none")}</p>
                {measured}
              </>
            );
          return (
            <>
              <dl className="kv">
                <dt>{say("rule.score.findings")}</dt>
                <dd>{number(card.findings)}</dd>
                <dt>{say("rule.score.events")}</dt>
                <dd>{number(card.events)}</dd>
                <dt>{say("rule.score.open")}</dt>
                <dd>{number(card.open)}</dd>
                <dt>{say("rule.score.muted")}</dt>
                <dd>{number(card.muted)}</dd>
                <dt>{say("rule.score.closed")}</dt>
                <dd>
                  {number(card.closed)}
                  {card.closed_false > 0 ? <span className="c-high">{`, ${say("rule.score.false")}: ${number(card.closed_false)}`}</span> : null}
                </dd>
                <dt>{say("rule.score.last")}</dt>
                <dd>{card.last_seen ? formatTime(card.last_seen) : ""}</dd>
              </dl>
              {measured}
              <p>
                <Link to="/findings" search={{ rule: rule.id }}>
                  {say("rule.findings")}
                </Link>
              </p>
            </>
          );
        }}
      </Shown>
    </section>
  );
}

function TextAndRemarks({ rule }: { rule: Rule }) {
  const { say } = useWords();
  const text = rule.text ?? "";
  const lint = useLint("rule", text);
  const notes = useLineNotes(lint.data?.items ?? []);
  return (
    <>
      <section className="sec wide" aria-labelledby="remarks">
        <header>
          <h2 id="remarks">{say("lint.title")}</h2>
          {lint.data ? <span className="dim small">{say(`lint.${lint.data.fields}`)}</span> : null}
        </header>
        <Shown reading={lint} rows={2}>
          {(linted) => <Remarks remarks={linted.items} />}
        </Shown>
      </section>
      <section className="sec wide" aria-labelledby="ruletext">
        <header>
          <h2 id="ruletext">{say("rule.text")}</h2>
          <span className="dim small mono">
            <Hostile text={rule.file ?? ""} />
          </span>
          <span className="end">
            <CopyButton text={text} />
          </span>
        </header>
        <CodeText text={text} label={say("rule.text")} notes={notes} />
      </section>
    </>
  );
}

function RemoveDialog({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { say, ruleTitle } = useWords();
  const navigate = useNavigate();
  const remove = useChange("delete", "/api/v1/own-rules/{id}");
  return (
    <AskDialog
      title={<Hostile text={say("rule.remove.title", { what: ruleTitle(rule) })} />}
      note={say("rule.remove.note")}
      verb={say("rule.remove")}
      danger
      reason
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={(reason) => {
        remove.mutate(
          { id: rule.id, query: { reason } },
          {
            onSuccess: () => {
              onClose();
              void navigate({ to: "/rules" });
            },
          },
        );
      }}
    />
  );
}

export function Page() {
  const { say, ruleTitle } = useWords();
  const { id = "" } = useParams({ strict: false });
  const { may } = useMe();
  const navigate = useNavigate();
  const packWords = usePackWords();
  const kindWords = useKindWords();
  const reading = useResource("/api/v1/rules/{id}", { id });
  const tunings = useTunings();
  const [asking, setAsking] = useState<"" | "switch" | "remove">("");
  const shut = () => {
    setAsking("");
  };
  const toSwitch = () => {
    setAsking("switch");
  };
  const edit = () => {
    void navigate({ to: "/rules/edit", search: { rule: id } });
  };
  const off = reading.data?.off ?? false;
  const known = reading.data !== undefined;
  useActions(known ? [...(may("rule:tune") ? [{ words: say(off ? "rules.enable" : "rules.disable"), key: "O", run: toSwitch }] : []), { words: say("rule.edit"), key: "E", run: edit }] : []);
  usePageKeys([
    { keys: ["e"], shown: "E", words: "rules.keys.edit", action: edit },
    ...(may("rule:tune") && known ? [{ keys: ["o"], shown: "O", words: "rules.keys.switch", action: toSwitch } as const] : []),
  ]);
  const tuning = tunings.data?.find((one) => one.rule === id);
  return (
    <Shown reading={reading} rows={8}>
      {(rule) => (
        <>
          <div className="head">
            <div className="crumb">
              <Link to="/rules">{say("page.rules")}</Link>
              <Icon name="right" />
              <Hostile text={packWords(rule.pack)} />
              <Icon name="right" />
              <span className="mono" title={rule.id}>
                {shortId(rule.id)}
              </span>
              <CopyButton text={rule.id} />
            </div>
            <div className="row">
              <h1>
                <Hostile text={ruleTitle(rule)} />
              </h1>
              <Severity level={rule.level} />
              <span className="state dim">
                {rule.off ? <Mark kind="refused" tone="faint" /> : <Mark kind="closed" tone="c-ok" />}
                {say(rule.off ? "rules.off" : "rules.on")}
              </span>
              <span className="end row">
                {rule.pack === OWN && may("rule:write") ? (
                  <button
                    type="button"
                    className="btn"
                    onClick={() => {
                      setAsking("remove");
                    }}
                  >
                    {say("rule.remove")}
                  </button>
                ) : null}
                <Link className="btn" to="/rules/edit" search={{ rule: rule.id }}>
                  {say("rule.edit")}
                  <span className="kbd">{"E"}</span>
                </Link>
                {may("rule:tune") ? (
                  <button type="button" className={rule.off ? "btn pri" : "btn"} onClick={toSwitch}>
                    {say(rule.off ? "rules.enable" : "rules.disable")}
                    <span className="kbd">{"O"}</span>
                  </button>
                ) : null}
              </span>
            </div>
          </div>
          {rule.off && tuning ? (
            <p className="ban high">
              <Icon name="warn" />
              <Hostile text={say("rules.offsince", { time: formatTime(tuning.made), why: tuning.reason })} />
            </p>
          ) : null}
          <div className="cols detail">
            <div className="wide">
              {rule.description ? (
                <section className="sec wide" aria-labelledby="about">
                  <header>
                    <h2 id="about">{say("rule.about")}</h2>
                  </header>
                  {rule.description
                    .split("\n")
                    .filter((line) => line.trim() !== "")
                    .map((line, at) => (
                      <p key={at} style={{ maxWidth: "72ch" }}>
                        <Hostile text={line} />
                      </p>
                    ))}
                </section>
              ) : null}
              {countsEvents(rule.kind) && may("correlation:read") && !rule.off ? <CorrelationGroups rule={rule} /> : null}
              <TextAndRemarks rule={rule} />
              <RuleCases rule={rule} />
              {may("event:read") ? <Backtest {...(rule.off ? {} : { rule: rule.id })} text={rule.text ?? ""} /> : null}
            </div>
            <aside className="rail" aria-label={say("rule.facts")}>
              <Score rule={rule} />
              <section className="sec">
                <header>
                  <h2>{say("rule.facts")}</h2>
                </header>
                <dl className="kv">
                  <dt>{say("rule.author")}</dt>
                  <dd>{rule.author ? <Hostile text={rule.author} /> : <span className="faint">{say("rule.unsaid")}</span>}</dd>
                  <dt>{say("rule.license")}</dt>
                  <dd>{rule.license ? <Hostile text={rule.license} /> : <span className="faint">{say("rule.unsaid")}</span>}</dd>
                  <dt>{say("rules.kind")}</dt>
                  <dd>{kindWords(rule.kind)}</dd>
                  <dt>{say("rules.source")}</dt>
                  <dd>
                    <LogSource source={rule.log_source} />
                  </dd>
                  <dt>{say("rules.pack")}</dt>
                  <dd>
                    <Hostile text={packWords(rule.pack)} />
                  </dd>
                  <dt>{say("rule.status")}</dt>
                  <dd>
                    <Hostile text={rule.status} />
                  </dd>
                  <dt>{say("rule.id")}</dt>
                  <dd className="mono small">{rule.id}</dd>
                </dl>
              </section>
              <Attack tags={rule.tags} />
              <Texts title={say("rule.falsepositives")} items={rule.false_positives} />
              <Texts title={say("rule.references")} items={rule.references} />
              <section className="sec faint small">{say("checked", { time: formatClock(reading.dataUpdatedAt, true) })}</section>
            </aside>
          </div>
          {asking === "switch" ? <SwitchDialog rule={rule} onClose={shut} /> : null}
          {asking === "remove" ? <RemoveDialog rule={rule} onClose={shut} /> : null}
        </>
      )}
    </Shown>
  );
}
