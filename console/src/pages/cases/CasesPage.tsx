// Cases: what is being worked on, the newest first; filters stand in the address.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { Case } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { ClearFilters, PickFilter } from "../../parts/Filters";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { CasesBoard } from "./CasesBoard";
import { CasesBulk } from "./CasesBulk";
import { NEEDS, stageMark } from "./parts";
import { KINDS } from "./work";

function NewCaseDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const add = useChange("post", "/api/v1/cases");
  const [title, setTitle] = useState("");
  return (
    <AskDialog
      title={say("case.new")}
      verb={say("case.new")}
      busy={add.isPending}
      error={add.error}
      onClose={onClose}
      onConfirm={() => {
        add.mutate({ body: { title } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("case.title")} name="title" value={title} onChange={setTitle} required maxLength={500} />
    </AskDialog>
  );
}

function useColumns(chosen: ReadonlySet<string>, onChoose: (id: string) => void): Column<Case>[] {
  const { say, number } = useWords();
  const { may } = useMe();
  const pick: Column<Case> = {
    id: "pick",
    title: say("cases.pick", { what: "" }),
    fixed: true,
    value: () => "",
    show: (file) => (
      <input
        type="checkbox"
        aria-label={say("cases.pick", { what: file.title })}
        checked={chosen.has(file.id)}
        onChange={() => {
          onChoose(file.id);
        }}
      />
    ),
  };
  return [
    ...(may("case:write") ? [pick] : []),
    { id: "number", title: say("case.number"), number: true, value: (file) => file.number, show: (file) => number(file.number) },
    {
      id: "title",
      title: say("case.title"),
      value: (file) => file.title,
      show: (file) => (
        <Link to="/cases/$id" params={{ id: file.id }}>
          <b>
            <Hostile text={file.title} />
          </b>
        </Link>
      ),
    },
    {
      id: "stage",
      title: say("case.stage"),
      value: (file) => say(`case.stage.${file.stage}`),
      show: (file) => (
        <span className="state">
          <Mark kind={file.merged_into === null ? stageMark(file.stage) : "refused"} tone={file.closed ? "c-ok" : ""} />
          {file.merged_into === null ? say(`case.stage.${file.stage}`) : say("case.merged", { n: number(file.merged_into_number) })}
        </span>
      ),
    },
    {
      id: "items",
      title: say("case.items"),
      value: (file) => file.items,
      show: (file) => <span className="nw">{say("case.items.shown", { n: number(file.items), m: number(file.items_open) })}</span>,
    },
    {
      id: "relapses",
      title: say("case.relapses"),
      number: true,
      value: (file) => file.relapses,
      show: (file) => <span className={file.relapses > 0 ? "c-critical" : "faint"}>{number(file.relapses)}</span>,
    },
    { id: "detected", title: say("case.detected"), value: (file) => file.detected, show: (file) => <span className="nw">{formatTime(file.detected)}</span> },
    {
      id: "assigned",
      title: say("case.assigned"),
      value: (file) => file.assigned,
      show: (file) => (file.assigned ? <Hostile text={file.assigned} /> : <span className="faint">{say("case.assigned.nobody")}</span>),
    },
  ];
}

const STATES = ["open", "closed", "all"] as const;
const WORDS = { open: "case.open.only", closed: "case.closed.only", all: "case.all" } as const;
const FILTERS = ["needs", "kind", "assigned", "overdue"] as const;

function CaseFilters() {
  const { say } = useWords();
  const { name } = useMe();
  const address = useAddress();
  const assigned = address.value("assigned");
  return (
    <div className="filters">
      <PickFilter name="needs" label={say("needs.all")} options={NEEDS.map((one) => [one, say(`needs.${one}`)] as const)} />
      <PickFilter name="kind" label={say("cases.kind")} options={KINDS.map((kind) => [kind, say(`kind.${kind}`)] as const)} />
      <PickFilter name="assigned" label={say("case.assigned")} options={[[name, say("cases.mine")], ...(assigned && assigned !== name ? [[assigned, assigned] as const] : [])]} />
      <PickFilter name="overdue" label={say("cases.overdue")} options={[["true", say("cases.overdue.only")]]} />
      <ClearFilters names={FILTERS} />
    </div>
  );
}

function CasesTable({ query }: { query: Record<string, string> }) {
  const { say } = useWords();
  const list = useList("/api/v1/cases", Object.keys(query).length === 0 ? {} : { query });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const columns = useColumns(chosen, (id) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  });
  return (
    <>
      <Shown reading={list}>
        {(files) => (
          <>
            <DataTable name="cases" rows={files} keyOf={(file) => file.id} partly={list.hasNextPage} empty={say("case.none")} columns={columns} />
            <MoreRows list={list} />
          </>
        )}
      </Shown>
      <CasesBulk
        files={(list.data ?? []).filter((file) => chosen.has(file.id))}
        onUnchoose={() => {
          setChosen(new Set());
        }}
      />
    </>
  );
}

export function Page() {
  const { say } = useWords();
  const { may } = useMe();
  const address = useAddress();
  const { scoped } = useScope();
  const state = STATES.find((one) => one === address.value("state")) ?? "open";
  const board = address.value("view") === "board";
  const [adding, setAdding] = useState(false);
  const filters = { ...Object.fromEntries(FILTERS.map((name) => [name, address.value(name)] as const).filter(([, value]) => value !== "")), ...scoped };
  return (
    <>
      <div className="head row">
        <h1>{say("page.cases")}</h1>
        {may("case:write") ? (
          <button
            type="button"
            className="btn pri end"
            onClick={() => {
              setAdding(true);
            }}
          >
            <Icon name="plus" />
            {say("case.new")}
          </button>
        ) : null}
      </div>
      <p className="pad dim">{say("case.note")}</p>
      <div className="pad row">
        {board
          ? null
          : STATES.map((one) => (
              <button
                key={one}
                type="button"
                className="btn sm"
                aria-pressed={state === one}
                onClick={() => {
                  address.set({ state: one === "open" ? "" : one });
                }}
              >
                {say(WORDS[one])}
              </button>
            ))}
        <span className="row end" role="group" aria-label={say("cases.view")}>
          {(["table", "board"] as const).map((one) => (
            <button
              key={one}
              type="button"
              className="btn sm"
              aria-pressed={board === (one === "board")}
              onClick={() => {
                address.set({ view: one === "board" ? one : "" });
              }}
            >
              <Icon name={one === "board" ? "columns" : "list"} />
              {say(`cases.view.${one}`)}
            </button>
          ))}
        </span>
      </div>
      <CaseFilters />
      {board ? <CasesBoard query={filters} /> : <CasesTable query={state === "all" ? filters : { ...filters, state }} />}
      {adding ? (
        <NewCaseDialog
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}
