import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { shortId } from "../../base/text";
import { formatClock } from "../../base/time";
import { revealFinding } from "../../api/deeds";
import { useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Icon, LevelGlyph } from "../../parts/Icon";
import { useDeeds, type Deeds } from "../../parts/deeds";
import { usePageKeys } from "../../parts/page_keys";
import { useWords } from "../../parts/preferences";
import { Reveal } from "../../parts/Reveal";
import { CopyButton } from "../../parts/Secret";
import { useMe, useOrganisations } from "../../parts/session";
import { Shown } from "../../parts/States";
import { besides } from "../../parts/trail";
import { Actions, type Asking } from "./Actions";
import { AroundSection } from "./AroundSection";
import { EventsSection } from "./EventsSection";
import { FindingRail } from "./FindingRail";
import { FiveAnswers } from "./FiveAnswers";
import { WhySection } from "./WhySection";

function usePageActions(finding: Finding | undefined, deeds: Deeds, setAsking: (asking: Asking) => void, refetch: () => void) {
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
              void deeds.acknowledge([finding]);
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
  const { say, number, ruleTitle } = useWords();
  const { id = "" } = useParams({ strict: false });
  const { names } = useOrganisations();
  const { may } = useMe();
  const [asking, setAsking] = useState<Asking>("");
  const reading = useResource("/api/v1/findings/{id}", { id });
  const deeds = useDeeds();
  const queries = useQueryClient();
  const [personal, setPersonal] = useState<Finding | null>(null); // what was revealed
  const hide = useCallback(() => {
    setPersonal(null);
  }, []);
  const beside = usePageActions(reading.data, deeds, setAsking, () => {
    void reading.refetch();
  });
  return (
    <Shown reading={reading} rows={10}>
      {(masked) => {
        const finding = personal?.id === masked.id ? { ...masked, entity: personal.entity, matched: personal.matched } : masked;
        return (
          <>
            <div className="head">
              <div className="crumb">
                <Link to="/findings">{say("page.findings")}</Link>
                <Icon name="right" />
                <Hostile text={names.get(finding.organisation) ?? say("host.unknown")} />
                <Icon name="right" />
                <span className="mono" title={finding.id}>
                  {shortId(finding.id)}
                </span>
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
                <div className="titled">
                  <LevelGlyph level={finding.level} />
                  <h1>
                    <Hostile text={ruleTitle(finding.rule)} />
                  </h1>
                </div>
                <Actions finding={finding} deeds={deeds} asking={asking} setAsking={setAsking} />
              </div>
            </div>
            <FiveAnswers finding={finding} />
            {masked.masked ? (
              <div className="maskednote">
                <Reveal
                  key={masked.id}
                  note={say("finding.masked")}
                  title={say("finding.reveal.title")}
                  allowed={may("personal:reveal")}
                  reveal={async (reason) => {
                    setPersonal(await revealFinding(masked.id, reason));
                    void queries.invalidateQueries({ queryKey: ["/api/v1/findings/{id}/history"] });
                  }}
                  onHide={hide}
                />
              </div>
            ) : null}
            <div className="cols detail">
              <div className="wide">
                <WhySection finding={finding} />
                <EventsSection finding={finding} />
                <AroundSection finding={finding} />
              </div>
              <FindingRail finding={finding} checked={formatClock(reading.dataUpdatedAt, true)} />
            </div>
          </>
        );
      }}
    </Shown>
  );
}
