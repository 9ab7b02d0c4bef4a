import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { formatClock, formatTime } from "../../base/time";
import { change } from "../../api/client";
import { useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Icon, LevelGlyph, Mark } from "../../parts/Icon";
import { Severity } from "../../parts/Labels";
import { usePageKeys } from "../../parts/page_keys";
import { useWords } from "../../parts/preferences";
import { CopyButton } from "../../parts/Secret";
import { useMe, useOrganisations } from "../../parts/session";
import { Shown } from "../../parts/States";
import { besides } from "../../parts/trail";
import { Actions, type Asking } from "./Actions";
import { AroundSection } from "./AroundSection";
import { EventsSection } from "./EventsSection";
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
      <div>
        <dt>{say("five.what")}</dt>
        <dd>
          <Severity level={finding.level} />
        </dd>
        <dd>{say("five.events", { n: number(finding.count), time: formatTime(finding.last_seen) })}</dd>
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

function usePageActions(finding: Finding | undefined, setAsking: (asking: Asking) => void, refetch: () => void) {
  const { may } = useMe();
  const navigate = useNavigate();
  const beside = besides(finding?.id ?? "");
  const go = (id: string | undefined) => {
    if (id !== undefined) void navigate({ to: "/findings/$id", params: { id } });
  };
  usePageKeys([
    {
      keys: ["a"],
      shown: "A",
      words: "keys.acknowledge",
      ...(finding?.state === "new" && may("finding:acknowledge")
        ? {
            action: () => {
              void change("post", "/api/v1/findings/{id}/acknowledge", { id: finding.id }).then(refetch, refetch);
            },
          }
        : {}),
    },
    {
      keys: ["m"],
      shown: "M",
      words: "keys.mute",
      ...(finding && finding.state !== "closed" && may("finding:mute")
        ? {
            action: () => {
              setAsking("mute");
            },
          }
        : {}),
    },
    {
      keys: ["["],
      shown: "[",
      words: "keys.previous",
      action: () => {
        go(beside.before);
      },
    },
    {
      keys: ["]"],
      shown: "]",
      words: "keys.next",
      action: () => {
        go(beside.after);
      },
    },
    {
      keys: ["Escape"],
      shown: "Esc",
      words: "keys.back",
      action: () => {
        void navigate({ to: "/findings" });
      },
    },
    { keys: ["u"], shown: "U", words: "keys.refresh", action: refetch },
  ]);
  return beside;
}

export function Page() {
  const { say, number } = useWords();
  const { id = "" } = useParams({ strict: false });
  const { names } = useOrganisations();
  const [asking, setAsking] = useState<Asking>("");
  const reading = useResource("/api/v1/findings/{id}", { id });
  const beside = usePageActions(reading.data, setAsking, () => {
    void reading.refetch();
  });
  return (
    <Shown reading={reading} rows={10}>
      {(finding) => (
        <>
          <div className="head">
            <div className="crumb">
              <Link to="/findings">{say("page.findings")}</Link>
              <Icon name="right" />
              <Hostile text={names.get(finding.organisation) ?? say("host.unknown")} />
              <Icon name="right" />
              <span className="mono" title={finding.id}>{`${finding.id.slice(0, 8)}…${finding.id.slice(-4)}`}</span>
              <CopyButton text={finding.id} />
              {beside.at >= 0 ? (
                <span className="end row">
                  {beside.before ? (
                    <Link to="/findings/$id" params={{ id: beside.before }}>
                      {say("keys.previous")}
                      <span className="kbd">{"["}</span>
                    </Link>
                  ) : null}
                  <span>
                    {number(beside.at + 1)}
                    {"/"}
                    {number(beside.of)}
                  </span>
                  {beside.after ? (
                    <Link to="/findings/$id" params={{ id: beside.after }}>
                      {say("keys.next")}
                      <span className="kbd">{"]"}</span>
                    </Link>
                  ) : null}
                </span>
              ) : null}
            </div>
            <div className="row">
              <LevelGlyph level={finding.level} />
              <h1>
                <Hostile text={finding.rule.title} />
              </h1>
              <Actions finding={finding} asking={asking} setAsking={setAsking} />
            </div>
          </div>
          <FiveAnswers finding={finding} />
          <div className="cols detail">
            <div className="wide">
              <WhySection finding={finding} />
              <EventsSection finding={finding} />
              <AroundSection finding={finding} />
            </div>
            <FindingRail finding={finding} checked={formatClock(reading.dataUpdatedAt, true)} />
          </div>
        </>
      )}
    </Shown>
  );
}
