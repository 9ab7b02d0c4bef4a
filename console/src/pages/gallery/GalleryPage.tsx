// Every shared part in every state, for the eye and for the visual test. In builds with VITE_GALLERY only.
import type { ReactNode } from "react";
import { ApiError } from "../../api/client";
import { LEVELS, type Finding } from "../../api/types";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { FindingState, Severity, When } from "../../parts/Labels";
import { PasswordForm } from "../../parts/PasswordForm";
import { useWords } from "../../parts/preferences";
import { Reveal } from "../../parts/Reveal";
import { Secret } from "../../parts/Secret";
import { SetUp } from "../../parts/SetUp";
import { Empty, ErrorBox, Loading, Shown } from "../../parts/States";
import { WatchRibbon } from "../../parts/WatchRibbon";
import { RulePieces } from "./RulePieces";
import { SearchPieces } from "./SearchPieces";

const NOW = Date.parse("2026-11-27T20:07:05Z");
const FINDING: Finding = {
  id: "0190a1b2-0000-7000-8000-000000000001",
  organisation: "0190a1b2-0000-7000-8000-000000000002",
  rule: { id: "r", title: "Máy chủ gọi máy điều khiển", author: "Example", kind: "sigma", tags: [] },
  level: "critical",
  entity: "host:web-02",
  state: "new",
  count: 37,
  first_seen: "2026-11-27T18:52:07Z",
  last_seen: "2026-11-27T20:06:41Z",
  score: 86,
  matched: {},
  masked: false,
  version: 1,
};
const ICONS = ["tower", "find", "search", "source", "gear", "units", "check", "down", "right", "plus", "clock", "up", "unknown", "warn", "mute", "close"] as const;
const MARKS = ["new", "acknowledged", "closed", "unknown", "refused"] as const;
const HOSTILE = ['<img src=x onerror="alert(1)">', "hoá đơn\u202Efdp.exe", "a\u001b[31mb\u0000c", "x".repeat(4000)];
const COUNTS = Array.from({ length: 96 }, (_, at) => (at > 40 && at < 52 ? 0 : 20 + ((at * 7) % 13)));
const ROWS = [
  { id: "1", name: "dns-01", count: 517627 },
  { id: "2", name: "tường lửa", count: 12 },
  { id: "3", name: "web-02", count: 1200 },
];

function Piece({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="sec wide" data-piece={name} aria-label={name}>
      <h2 className="faint small">{name}</h2>
      <div style={{ paddingTop: "8px" }}>{children}</div>
    </section>
  );
}

function Bricks() {
  const { say } = useWords();
  return (
    <>
      <Piece name="Severity">
        <div className="row">
          {LEVELS.map((level) => (
            <Severity key={level} level={level} />
          ))}
        </div>
      </Piece>
      <Piece name="FindingState">
        <div className="row">
          <FindingState finding={FINDING} now={NOW} />
          <FindingState finding={{ ...FINDING, state: "acknowledged" }} now={NOW} />
          <FindingState finding={{ ...FINDING, state: "closed" }} now={NOW} />
          <FindingState finding={{ ...FINDING, muted_until: "2026-12-01T00:00:00Z" }} now={NOW} />
        </div>
      </Piece>
      <Piece name="When">
        <When time={FINDING.last_seen} now={NOW} />
      </Piece>
      <Piece name="Icon">
        <div className="row">
          {ICONS.map((name) => (
            <Icon key={name} name={name} />
          ))}
        </div>
      </Piece>
      <Piece name="Mark">
        <div className="row">
          {MARKS.map((kind) => (
            <Mark key={kind} kind={kind} />
          ))}
          <Mark kind="closed" tone="c-ok" />
          <Mark kind="refused" tone="c-critical" />
          <Mark kind="unknown" tone="c-unk" />
        </div>
      </Piece>
      <Piece name="Hostile">
        <ul className="plain">
          {HOSTILE.map((text) => (
            <li key={text.slice(0, 20)}>
              <div className="clamp mono">
                <Hostile text={text} mark={text.startsWith("<")} />
              </div>
            </li>
          ))}
        </ul>
      </Piece>
      <Piece name="Button">
        <div className="row">
          <button type="button" className="btn pri">
            {say("do.acknowledge")}
            <span className="kbd">{"A"}</span>
          </button>
          <button type="button" className="btn">
            {say("do.mute")}
          </button>
          <button type="button" className="btn stopfill">
            {say("do.close")}
          </button>
          <button type="button" className="btn sm">
            {say("do.copy")}
          </button>
          <button type="button" className="btn" disabled>
            {say("do.close")}
          </button>
          <button type="button" className="btn sm" aria-pressed="true">
            {say("by.rule")}
          </button>
        </div>
      </Piece>
      <Piece name="Badge">
        <div className="row nav" style={{ border: 0, flexDirection: "row" }}>
          <span className="badge">{"3"}</span>
          <span className="badge unk">{"2"}</span>
        </div>
      </Piece>
    </>
  );
}

export function Page() {
  const { say } = useWords();
  const refetch = () => undefined;
  const error = new ApiError(503, "the journal cannot write: the disk is full", "unavailable", undefined);
  return (
    <>
      <div className="head row">
        <h1>{say("page.gallery")}</h1>
      </div>
      <Bricks />
      <Piece name="States.loading">
        <Loading rows={3} />
      </Piece>
      <Piece name="States.empty">
        <Empty title={say("now.quiet.text")}>{say("checked", { time: "03:06:58" })}</Empty>
      </Piece>
      <Piece name="States.error">
        <ErrorBox error={error} retry={refetch} />
      </Piece>
      <Piece name="States.stale">
        <Shown reading={{ data: say("now.heard", { n: "41", m: "43" }), error, refetch }}>{(data) => <p className="pad">{data}</p>}</Shown>
      </Piece>
      <Piece name="Banner">
        <p className="ban high">
          <Icon name="warn" />
          {say("link.banner", { time: "03:04" })}
        </p>
        <p className="ban unk">
          <Mark kind="unknown" tone="c-unk" />
          {say("sources.waiting")}
        </p>
        <p className="ban acc">
          <Mark kind="closed" tone="c-ok" />
          {say("findings.acknowledged", { n: "14" })}
        </p>
      </Piece>
      <Piece name="WatchRibbon">
        <div style={{ maxWidth: "30rem" }}>
          <WatchRibbon
            activity={{
              step: 900,
              until: "2026-11-27T20:15:00Z",
              since: "2026-11-26T23:00:00Z",
              items: [
                { source: "1", name: "dns-01", counts: COUNTS },
                { source: "2", name: "fw-01", counts: COUNTS.map((count) => count + 1) },
              ],
            }}
          />
        </div>
      </Piece>
      <Piece name="DataTable">
        <DataTable
          name="gallery"
          rows={ROWS}
          keyOf={(row) => row.id}
          columns={[
            { id: "name", title: say("sources.name"), value: (row) => row.name },
            { id: "count", title: say("col.count"), number: true, value: (row) => row.count },
          ]}
        />
      </Piece>
      <Piece name="DataTable.empty">
        <DataTable name="gallery2" rows={[]} keyOf={() => ""} empty={say("sources.none")} columns={[{ id: "name", title: say("sources.name"), value: () => "" }]} />
      </Piece>
      <Piece name="Reveal">
        <Reveal note={say("events.masked")} allowed reveal={() => Promise.resolve()} onHide={refetch} />
        <Reveal note={say("events.masked")} allowed={false} reveal={() => Promise.resolve()} onHide={refetch} />
      </Piece>
      <Piece name="Secret">
        <Secret text="vg_example" note={say("secret.once")} />
      </Piece>
      <Piece name="SetUp">
        <SetUp token="vg_example" />
      </Piece>
      <SearchPieces Piece={Piece} />
      <Piece name="PasswordForm">
        <div className="narrow">
          <PasswordForm present verb={say("password.change")} busy={false} error={null} onSend={refetch} />
        </div>
      </Piece>
      <RulePieces Piece={Piece} />
    </>
  );
}
