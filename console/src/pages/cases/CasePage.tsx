// A case: its items with what was answered and what became of it, how long is left, and what happened.
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useList, useResource } from "../../api/resource";
import type { Case, CaseItem } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MachineBehind } from "../../parts/Machine";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { AddItemDialog, AdvanceDialog } from "./CaseDialogs";
import { Help } from "./CaseHelp";
import { Papers } from "./CasePapers";
import { Rules, Timeline } from "./CaseRail";
import { Clocks } from "./Clocks";
import { MergeDialog, SplitDialog, Taken } from "./CaseMerge";
import { Tasks } from "./CaseTasks";
import { Seriousness } from "./Seriousness";
import { AnswerDialog, CloseItemDialog, JudgeDialog } from "./ItemDialogs";
import { answerOf, ITEM_MARKS, stageMark } from "./parts";
import { WatchState } from "./WatchState";

type Open = { what: "answer" | "judge" | "close"; item: CaseItem } | { what: "advance" | "add" | "merge" | "split" } | null;

function ItemState({ item }: { item: CaseItem }) {
  const { say, number } = useWords();
  const why = item.closed_why === "by-person" ? say("item.closed.by-person", { who: item.closed_by.replace(/^user:/, "") }) : item.closed_why ? say(`item.closed.${item.closed_why}`) : "";
  return (
    <span className="state" style={{ whiteSpace: "normal" }}>
      <Mark kind={ITEM_MARKS[item.state][0]} tone={ITEM_MARKS[item.state][1]} />
      <span>
        {say(`item.state.${item.state}`)}
        {item.excepted_until && item.state === "excepted" ? ` · ${formatTime(item.excepted_until)}` : ""}
        {item.state === "closed" ? (
          <span className="small faint">
            {" · "}
            <Hostile text={why} />
          </span>
        ) : null}
        <WatchState item={item} />
        {item.relapses > 0 ? <span className="small c-critical">{` · ${say("item.relapsed", { n: number(item.relapses) })}`}</span> : null}
      </span>
    </span>
  );
}

function useColumns(file: Case | undefined, setOpen: (open: Open) => void): Column<CaseItem>[] {
  const { say, number } = useWords();
  const { may } = useMe();
  const button = (what: "answer" | "judge" | "close", item: CaseItem) => (
    <button
      type="button"
      className="btn sm"
      aria-label={`${say(`item.do.${what}`)}: ${item.subject}`}
      onClick={() => {
        setOpen({ what, item });
      }}
    >
      {say(`item.do.${what}`)}
    </button>
  );
  return [
    { id: "state", title: say("item.state"), value: (item) => say(`item.state.${item.state}`), show: (item) => <ItemState item={item} /> },
    {
      id: "subject",
      title: say("item.subject"),
      value: (item) => item.subject,
      show: (item) => (
        <>
          <span className="mono nw">
            <Hostile text={item.port === undefined ? item.subject : `${item.subject}:${String(item.port)}`} />
          </span>
          <div className="s small">
            <Hostile text={[item.family, item.system].filter(Boolean).join(" · ")} />
          </div>
          <MachineBehind inside={item.inside} />
        </>
      ),
    },
    {
      id: "seen",
      title: say("item.seen"),
      value: (item) => item.last_seen,
      show: (item) => (
        <>
          <span className="nw">{formatTime(item.last_seen)}</span>
          <div className="s small">{say("item.seen.times", { n: number(item.seen) })}</div>
        </>
      ),
    },
    {
      id: "answer",
      title: say("item.answer"),
      value: (item) => item.answer,
      show: (item) => {
        const kind = answerOf(item.answer);
        if (!kind) return <span className="faint">{say("item.answer.none")}</span>;
        return (
          <>
            {say(`item.answer.${kind}`)}
            {item.removed && kind === "removed" ? ` ${formatTime(item.removed)}` : ""}
            <div className="s small">
              <Hostile text={item.answer_text} />
            </div>
          </>
        );
      },
    },
    {
      id: "do",
      title: say("col.next"),
      fixed: true,
      value: () => "",
      show: (item) =>
        item.state === "closed" || file?.closed ? null : (
          <span className="row nw">
            {may("case:answer") ? button("answer", item) : null}
            {may("case:judge") && item.state === "answered" ? button("judge", item) : null}
            {may("case:judge") ? button("close", item) : null}
          </span>
        ),
    },
  ];
}

function Head({ file, onOpen }: { file: Case; onOpen: (open: Open) => void }) {
  const { say, number } = useWords();
  const { may } = useMe();
  return (
    <>
      <p className="crumbs small pad">
        <Link to="/cases">{say("page.cases")}</Link>
        {" › "}
        {say("case.number.shown", { n: number(file.number) })}
      </p>
      <div className="head row">
        <h1 style={{ overflowWrap: "anywhere" }}>
          <Hostile text={file.title} />
        </h1>
        {may("case:write") && !file.closed ? (
          <span className="row end">
            {(["merge", "split"] as const).map((what) => (
              <button
                key={what}
                type="button"
                className="btn"
                disabled={what === "split" && file.items < 2}
                onClick={() => {
                  onOpen({ what });
                }}
              >
                {say(`case.${what}`)}
              </button>
            ))}
            <button
              type="button"
              className="btn"
              onClick={() => {
                onOpen({ what: "add" });
              }}
            >
              {say("item.add")}
            </button>
            <button
              type="button"
              className="btn pri"
              onClick={() => {
                onOpen({ what: "advance" });
              }}
            >
              {say("case.advance")}
            </button>
          </span>
        ) : null}
      </div>
      <p className="pad row">
        <span className="state" data-testid="stage">
          <Mark kind={stageMark(file.stage)} tone={file.closed ? "c-ok" : ""} />
          {say(`case.stage.${file.stage}`)}
        </span>
        <span className="dim">{say("case.items.shown", { n: number(file.items), m: number(file.items_open) })}</span>
        {file.merged_into === null ? null : (
          <Link to="/cases/$id" params={{ id: file.merged_into }}>
            {say("case.merged", { n: number(file.merged_into_number) })}
          </Link>
        )}
        {file.serious ? <span className="chip c-critical">{say("case.serious")}</span> : null}
        <span className="dim">
          {say("case.detected")} {formatTime(file.detected)}
        </span>
        {file.receipt ? (
          <span className="dim">
            {say("case.receipt")}: <Hostile text={file.receipt} />
          </span>
        ) : null}
      </p>
    </>
  );
}

export function Page() {
  const { say } = useWords();
  const { id = "" } = useParams({ strict: false });
  const file = useResource("/api/v1/cases/{id}", { id });
  const items = useList("/api/v1/cases/{id}/items", { id });
  const [open, setOpen] = useState<Open>(null);
  const columns = useColumns(file.data, setOpen);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <Shown reading={file} rows={3}>
        {(one) => <Head file={one} onOpen={setOpen} />}
      </Shown>
      <div className="cols detail">
        <section aria-label={say("case.items")}>
          <Shown reading={items}>
            {(rows) => (
              <>
                <DataTable name="case-items" rows={rows} keyOf={(item) => item.id} partly={items.hasNextPage} empty={say("item.none")} columns={columns} />
                <MoreRows list={items} />
              </>
            )}
          </Shown>
          {file.data ? <Tasks file={file.data} /> : null}
        </section>
        <aside className="rail" aria-label={say("case.rules")}>
          <Rules />
          <Clocks id={id} />
          {file.data ? <Papers file={file.data} /> : null}
          {file.data ? <Help file={file.data} /> : null}
          {file.data ? <Seriousness file={file.data} /> : null}
          {file.data ? <Taken file={file.data} /> : null}
          <Timeline id={id} />
        </aside>
      </div>
      {open?.what === "answer" ? <AnswerDialog item={open.item} onClose={close} /> : null}
      {open?.what === "judge" ? <JudgeDialog item={open.item} onClose={close} /> : null}
      {open?.what === "close" ? <CloseItemDialog item={open.item} onClose={close} /> : null}
      {open?.what === "advance" && file.data ? <AdvanceDialog file={file.data} onClose={close} /> : null}
      {open?.what === "merge" && file.data ? <MergeDialog file={file.data} onClose={close} /> : null}
      {open?.what === "split" && file.data ? <SplitDialog file={file.data} items={items.data ?? []} onClose={close} /> : null}
      {open?.what === "add" ? <AddItemDialog id={id} onClose={close} /> : null}
    </>
  );
}
