// The five answers under the title: what, how sure, whose, how long left, what next.
import type { Finding } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { Severity } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";

function sureness(score: number): "sure.sure" | "sure.likely" | "sure.doubtful" {
  return score >= 80 ? "sure.sure" : score >= 50 ? "sure.likely" : "sure.doubtful";
}

export function FiveAnswers({ finding }: { finding: Finding }) {
  const { say, number } = useWords();
  const { names } = useOrganisations();
  return (
    <dl className="five">
      <div>
        <dt>{say("five.what")}</dt>
        <dd>
          <Severity level={finding.level} />
        </dd>
        <dd>{say("five.events", { n: number(finding.count), time: formatTime(finding.last_seen) })}</dd>
        {finding.retrospective ? <dd className="c-unk">{say("finding.retrospective", { n: number(finding.retrospective), m: number(finding.count) })}</dd> : null}
      </div>
      <div>
        <dt>{say("five.sure")}</dt>
        <dd>
          <b>{say(sureness(finding.score))}</b>
        </dd>
        <dd className="dim">{say("five.score", { n: number(finding.score) })}</dd>
      </div>
      <div>
        <dt>{say("five.whose")}</dt>
        <dd>
          <b>
            <Hostile text={names.get(finding.organisation) ?? say("host.unknown")} />
          </b>
        </dd>
        <dd className="mono">
          <Hostile text={finding.entity} />
        </dd>
      </div>
      <div>
        <dt>{say("five.left")}</dt>
        <dd className="c-unk state" style={{ whiteSpace: "normal" }}>
          <Mark kind="unknown" tone="c-unk" />
          {say("five.noclock")}
        </dd>
      </div>
      <div>
        <dt>{say("five.next")}</dt>
        <dd>{say(`next.${finding.state}`)}</dd>
      </div>
    </dl>
  );
}
