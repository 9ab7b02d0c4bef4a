import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { formatClock, formatTime } from "../../base/time";
import { useChange, useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { useNow } from "../../parts/clock";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon, LevelGlyph, Mark } from "../../parts/Icon";
import { useKeys } from "../../parts/keys";
import { FindingState, Severity } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { CopyButton } from "../../parts/Secret";
import { useMe, useOrganisations } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { EventsSection } from "./EventsSection";
import { MuteDialog } from "./MuteDialog";
import { FindingRail } from "./FindingRail";
import { WhySection } from "./WhySection";

function sureness(score: number): "sure.sure" | "sure.likely" | "sure.doubtful" {
  return score >= 80 ? "sure.sure" : score >= 50 ? "sure.likely" : "sure.doubtful";
}

function FiveAnswers({ finding }: { finding: Finding }) {
  const { say, number } = useWords();
  const { names } = useOrganisations();
  return (
    <dl className="five">
      <div><dt>{say("five.what")}</dt><dd><Severity level={finding.level} /></dd><dd>{say("five.events", { n: number(finding.count), time: formatTime(finding.last_seen) })}</dd></div>
      <div><dt>{say("five.sure")}</dt><dd><b>{say(sureness(finding.score))}</b></dd><dd className="dim">{say("five.score", { n: number(finding.score) })}</dd></div>
      <div><dt>{say("five.whose")}</dt><dd><b><Hostile text={names.get(finding.organisation) ?? say("host.unknown")} /></b></dd><dd className="mono"><Hostile text={finding.entity} /></dd></div>
      <div><dt>{say("five.left")}</dt><dd className="c-unk state" style={{ whiteSpace: "normal" }}><Mark kind="unknown" tone="c-unk" />{say("five.noclock")}</dd></div>
      <div><dt>{say("five.next")}</dt><dd>{say(`next.${finding.state}`)}</dd></div>
    </dl>
  );
}

function Actions({ finding }: { finding: Finding }) {
  const { say } = useWords();
  const { may } = useMe();
  const now = useNow();
  const [asking, setAsking] = useState<"" | "mute" | "close" | "reopen">("");
  const acknowledge = useChange("post", "/api/v1/findings/{id}/acknowledge");
  const unmute = useChange("post", "/api/v1/findings/{id}/unmute");
  const close = useChange("post", "/api/v1/findings/{id}/close");
  const reopen = useChange("post", "/api/v1/findings/{id}/reopen");
  const muted = Boolean(finding.muted_until && new Date(finding.muted_until).getTime() > now);
  const fresh = finding.state === "new" && may("finding:acknowledge");
  const mayMute = finding.state !== "closed" && may("finding:mute");
  const doAcknowledge = () => { acknowledge.mutate({ id: finding.id }); };
  useKeys({ a: () => { if (fresh) doAcknowledge(); }, m: () => { if (mayMute && !muted) setAsking("mute"); } });
  const error = acknowledge.error ?? unmute.error;
  const done = () => { setAsking(""); };
  return (
    <span className="row end">
      {error ? <ErrorBox error={error} /> : null}
      <FindingState finding={finding} now={now} />
      {mayMute ? (muted ? <button type="button" className="btn" onClick={() => { unmute.mutate({ id: finding.id }); }}>{say("do.unmute")}</button> : <button type="button" className="btn" onClick={() => { setAsking("mute"); }}><Icon name="mute" />{say("do.mute")}<span className="kbd">{"M"}</span></button>) : null}
      {may("finding:close") ? <button type="button" className="btn" onClick={() => { setAsking(finding.state === "closed" ? "reopen" : "close"); }}>{say(finding.state === "closed" ? "do.reopen" : "do.close")}</button> : null}
      {fresh ? <button type="button" className="btn pri" disabled={acknowledge.isPending} onClick={doAcknowledge}>{say("do.acknowledge")}<span className="kbd">{"A"}</span></button> : null}
      {asking === "mute" ? <MuteDialog finding={finding} onClose={done} /> : null}
      {asking === "close" ? <AskDialog title={<Hostile text={say("close.title", { what: `${finding.rule.title} · ${finding.entity}` })} />} note={say("close.note")} verb={say("do.close")} danger reason busy={close.isPending} error={close.error} onClose={done} onConfirm={(reason) => { close.mutate({ id: finding.id, body: { reason } }, { onSuccess: done }); }} /> : null}
      {asking === "reopen" ? <AskDialog title={<Hostile text={say("reopen.title", { what: `${finding.rule.title} · ${finding.entity}` })} />} verb={say("do.reopen")} reason busy={reopen.isPending} error={reopen.error} onClose={done} onConfirm={(reason) => { reopen.mutate({ id: finding.id, body: { reason } }, { onSuccess: done }); }} /> : null}
    </span>
  );
}

export function Page() {
  const { say } = useWords();
  const { id = "" } = useParams({ strict: false });
  const { names } = useOrganisations();
  const reading = useResource("/api/v1/findings/{id}", { id, every: 10_000 });
  return (
    <Shown reading={reading} rows={10}>
      {(finding) => (
        <>
          <div className="head">
            <div className="crumb"><Link to="/findings">{say("page.findings")}</Link><Icon name="right" /><Hostile text={names.get(finding.organisation) ?? say("host.unknown")} /><Icon name="right" /><span className="mono" title={finding.id}>{`${finding.id.slice(0, 8)}…${finding.id.slice(-4)}`}</span><CopyButton text={finding.id} /></div>
            <div className="row"><LevelGlyph level={finding.level} /><h1><Hostile text={finding.rule.title} /></h1><Actions finding={finding} /></div>
          </div>
          <FiveAnswers finding={finding} />
          <div className="cols detail">
            <div className="wide"><WhySection finding={finding} /><EventsSection finding={finding} /></div>
            <FindingRail finding={finding} checked={formatClock(reading.dataUpdatedAt, true)} />
          </div>
        </>
      )}
    </Shown>
  );
}
