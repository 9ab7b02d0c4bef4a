// Papers, the newest first; a new one is drafted from a case, or from an organisation and a period.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useList } from "../../api/resource";
import type { Paper } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { NewPaperDialog } from "./NewPaperDialog";
import { PAPER_MARKS, PAPER_STATES } from "./parts";

function useColumns(names: Map<string, string>): Column<Paper>[] {
  const { say, number } = useWords();
  return [
    { id: "number", title: say("paper.number"), number: true, value: (paper) => paper.number, show: (paper) => number(paper.number) },
    {
      id: "form",
      title: say("paper.form"),
      value: (paper) => names.get(paper.form) ?? paper.form,
      show: (paper) => (
        <>
          <Link to="/papers/$id" params={{ id: paper.id }}>
            <b>{names.get(paper.form) ?? paper.form}</b>
          </Link>
          {paper.lapsed ? <span className="small faint">{` · ${say("paper.form.old")}`}</span> : null}
        </>
      ),
    },
    { id: "title", title: say("paper.title"), value: (paper) => paper.title, show: (paper) => <Hostile text={paper.title} /> },
    {
      id: "state",
      title: say("paper.state"),
      value: (paper) => say(`paper.state.${paper.state}`),
      show: (paper) => (
        <span className="state" style={{ whiteSpace: "normal" }}>
          <Mark kind={PAPER_MARKS[paper.state][0]} tone={PAPER_MARKS[paper.state][1]} />
          <span>
            {say(`paper.state.${paper.state}`)}
            {paper.state === "draft" && paper.missing > 0 ? <span className="small c-high">{` · ${say("paper.missing", { n: number(paper.missing) })}`}</span> : null}
          </span>
        </span>
      ),
    },
    { id: "made", title: say("paper.made"), value: (paper) => paper.made, show: (paper) => <span className="nw">{formatTime(paper.made)}</span> },
  ];
}

export function Page() {
  const { say, language } = useWords();
  const { may } = useMe();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const go = useNavigate();
  const state = PAPER_STATES.find((one) => one === search["state"]);
  const [adding, setAdding] = useState(false);
  const list = useList("/api/v1/papers", state ? { query: { state } } : {});
  const forms = useList("/api/v1/paper-forms");
  const columns = useColumns(new Map((forms.data ?? []).map((one) => [one.code, language === "vi" ? one.title_vi : one.title])));
  return (
    <>
      <div className="head row">
        <h1>{say("page.papers")}</h1>
        {may("paper:draft") ? (
          <button
            type="button"
            className="btn pri end"
            onClick={() => {
              setAdding(true);
            }}
          >
            <Icon name="plus" />
            {say("paper.new")}
          </button>
        ) : null}
      </div>
      <p className="pad dim">{say("paper.note")}</p>
      <div className="pad row">
        {[undefined, ...PAPER_STATES].map((one) => (
          <button
            key={one ?? "all"}
            type="button"
            className="btn sm"
            aria-pressed={state === one}
            onClick={() => {
              void go({ to: "/papers", search: one ? { state: one } : {} });
            }}
          >
            {one ? say(`paper.state.${one}`) : say("paper.all")}
          </button>
        ))}
      </div>
      <Shown reading={list}>
        {(papers) => (
          <>
            <DataTable name="papers" rows={papers} keyOf={(paper) => paper.id} partly={list.hasNextPage} empty={say("paper.none")} columns={columns} />
            <MoreRows list={list} />
          </>
        )}
      </Shown>
      {adding ? (
        <NewPaperDialog
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}
