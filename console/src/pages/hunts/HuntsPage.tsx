// Hunts: what is known today, asked of the archive; how far each is, and what it found and covered.
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { Hunt } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { CoverageDialog, NewHuntDialog, StopDialog } from "./HuntDialogs";

const MARKS = {
  collecting: ["new", ""],
  queued: ["new", ""],
  running: ["acknowledged", ""],
  paused: ["unknown", "c-unk"],
  done: ["closed", "c-ok"],
  failed: ["refused", "c-critical"],
  stopped: ["refused", ""],
} as const;
const isUnderWay = (hunt: Hunt) => hunt.state === "collecting" || hunt.state === "queued" || hunt.state === "running";

type Open = { what: "new" } | { what: "stop" | "coverage"; hunt: Hunt } | null;

function Standing({ hunt }: { hunt: Hunt }) {
  const { say, number } = useWords();
  return (
    <span className="state" style={{ whiteSpace: "normal" }}>
      <Mark kind={MARKS[hunt.state][0]} tone={MARKS[hunt.state][1]} />
      <span>
        {say(`hunt.state.${hunt.state}`)}
        <span className="small faint">
          {" · "}
          {say("hunt.progress", { n: number(hunt.parts_done), m: number(hunt.parts_total), k: number(hunt.events) })}
          {hunt.reason ? (
            <>
              {" · "}
              <Hostile text={hunt.reason} />
            </>
          ) : null}
        </span>
      </span>
    </span>
  );
}

function useColumns(setOpen: (open: Open) => void, act: (deed: "pause" | "resume", hunt: Hunt) => void): Column<Hunt>[] {
  const { say, number } = useWords();
  const { may } = useMe();
  const button = (hunt: Hunt, words: string, action: () => void) => (
    <button type="button" className="btn sm" aria-label={`${words}: ${hunt.name}`} onClick={action}>
      {words}
    </button>
  );
  return [
    {
      id: "name",
      title: say("hunt.name"),
      value: (hunt) => `${hunt.name} ${hunt.by}`,
      show: (hunt) => (
        <>
          <b>
            <Hostile text={hunt.name} />
          </b>
          <div className="s small">
            {say(`hunt.origin.${hunt.origin}`)}
            {" · "}
            <Hostile text={hunt.by.replace(/^user:/, "")} />
          </div>
        </>
      ),
    },
    { id: "state", title: say("hunt.state"), value: (hunt) => say(`hunt.state.${hunt.state}`), show: (hunt) => <Standing hunt={hunt} /> },
    { id: "values", title: say("hunt.values"), number: true, value: (hunt) => hunt.values, show: (hunt) => number(hunt.values) },
    { id: "hits", title: say("hunt.hits"), number: true, value: (hunt) => hunt.hits, show: (hunt) => number(hunt.hits) },
    { id: "findings", title: say("hunt.findings"), number: true, value: (hunt) => hunt.findings, show: (hunt) => number(hunt.findings) },
    {
      id: "took",
      title: say("hunt.took"),
      number: true,
      value: (hunt) => hunt.seconds,
      show: (hunt) => <span className="nw">{say("hunt.seconds", { n: number(Math.round(hunt.seconds * 10) / 10) })}</span>,
    },
    { id: "since", title: say("hunt.since"), value: (hunt) => hunt.from, show: (hunt) => <span className="nw">{formatTime(hunt.from)}</span> },
    {
      id: "do",
      title: say("col.next"),
      fixed: true,
      value: () => "",
      show: (hunt) => (
        <span className="row nw">
          {hunt.coverage
            ? button(hunt, say("hunt.coverage"), () => {
                setOpen({ what: "coverage", hunt });
              })
            : null}
          {may("hunt:run") && isUnderWay(hunt)
            ? button(hunt, say("hunt.pause"), () => {
                act("pause", hunt);
              })
            : null}
          {may("hunt:run") && (hunt.state === "paused" || hunt.state === "failed")
            ? button(hunt, say("hunt.resume"), () => {
                act("resume", hunt);
              })
            : null}
          {may("hunt:run") && (isUnderWay(hunt) || hunt.state === "paused")
            ? button(hunt, say("hunt.stop"), () => {
                setOpen({ what: "stop", hunt });
              })
            : null}
        </span>
      ),
    },
  ];
}

export function Page() {
  const { say } = useWords();
  const { may } = useMe();
  const [open, setOpen] = useState<Open>(null);
  const [watched, setWatched] = useState(true);
  const list = useList("/api/v1/hunts", watched ? { every: 3000 } : {});
  const underWay = (list.data ?? []).some(isUnderWay);
  if (list.data && underWay !== watched) setWatched(underWay);
  const pause = useChange("post", "/api/v1/hunts/{id}/pause");
  const resume = useChange("post", "/api/v1/hunts/{id}/resume");
  const columns = useColumns(setOpen, (deed, hunt) => {
    (deed === "pause" ? pause : resume).mutate({ id: hunt.id });
  });
  const error = pause.error ?? resume.error;
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <div className="head row">
        <h1>{say("page.hunts")}</h1>
        {may("hunt:run") ? (
          <button
            type="button"
            className="btn pri end"
            onClick={() => {
              setOpen({ what: "new" });
            }}
          >
            <Icon name="plus" />
            {say("hunt.new")}
          </button>
        ) : null}
      </div>
      <p className="pad dim">{say("hunt.note")}</p>
      {error ? <ErrorBox error={error} /> : null}
      <Shown reading={list}>
        {(hunts) => (
          <>
            <DataTable name="hunts" rows={hunts} keyOf={(hunt) => hunt.id} partly={list.hasNextPage} empty={say("hunt.none")} columns={columns} />
            <MoreRows list={list} />
          </>
        )}
      </Shown>
      {open?.what === "new" ? <NewHuntDialog onClose={close} /> : null}
      {open?.what === "stop" ? <StopDialog hunt={open.hunt} onClose={close} /> : null}
      {open?.what === "coverage" ? <CoverageDialog hunt={open.hunt} onClose={close} /> : null}
    </>
  );
}
