// Cases: what is being worked on, the newest first; filters stand in the address.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { Case } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { NEEDS, stageMark } from "./parts";

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

function useColumns(): Column<Case>[] {
  const { say, number } = useWords();
  return [
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
          <Mark kind={stageMark(file.stage)} tone={file.closed ? "c-ok" : ""} />
          {say(`case.stage.${file.stage}`)}
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

export function Page() {
  const { say } = useWords();
  const { may } = useMe();
  const search: Record<string, unknown> = useSearch({ strict: false });
  const go = useNavigate();
  const state = STATES.find((one) => one === search["state"]) ?? "open";
  const [adding, setAdding] = useState(false);
  const needs = NEEDS.find((one) => one === search["needs"]);
  const list = useList("/api/v1/cases", { query: { ...(state === "all" ? {} : { state }), ...(needs ? { needs } : {}) } });
  const columns = useColumns();
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
        {STATES.map((one) => (
          <button
            key={one}
            type="button"
            className="btn sm"
            aria-pressed={state === one}
            onClick={() => {
              void go({ to: "/cases", search: { ...(one === "open" ? {} : { state: one }), ...(needs ? { needs } : {}) } });
            }}
          >
            {say(WORDS[one])}
          </button>
        ))}
        <select
          className="input"
          name="needs"
          aria-label={say("needs.all")}
          value={needs ?? ""}
          onChange={(event) => {
            void go({ to: "/cases", search: { ...(state === "open" ? {} : { state }), ...(event.target.value ? { needs: event.target.value } : {}) } });
          }}
        >
          <option value="">{say("needs.all")}</option>
          {NEEDS.map((one) => (
            <option key={one} value={one}>
              {say(`needs.${one}`)}
            </option>
          ))}
        </select>
      </div>
      <Shown reading={list}>
        {(files) => (
          <>
            <DataTable name="cases" rows={files} keyOf={(file) => file.id} partly={list.hasNextPage} empty={say("case.none")} columns={columns} />
            <MoreRows list={list} />
          </>
        )}
      </Shown>
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
