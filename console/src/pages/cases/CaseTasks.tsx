// What is to be done in a case: tasks by hand and the steps of playbooks, in their order. Nothing here runs by itself.
import { useState } from "react";
import { useChange, useList, useResource } from "../../api/resource";
import type { Case, CaseTask } from "../../api/types";
import { formatTime } from "../../base/time";
import { useNow } from "../../parts/clock";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { PlaybookDialog } from "./PlaybookDialog";
import { nameOf, stepOf, TASK_MARKS } from "./work";

function TaskDialog({ file, task, onClose }: { file: Case; task: CaseTask | undefined; onClose: () => void }) {
  const { say } = useWords();
  const add = useChange("post", "/api/v1/cases/{id}/tasks");
  const change = useChange("patch", "/api/v1/case-tasks/{id}");
  const [title, setTitle] = useState(task?.title ?? "");
  const [assigned, setAssigned] = useState(task?.assigned ?? "");
  const [due, setDue] = useState(task?.due ? localOf(task.due) : "");
  const body = { title, assigned, ...(due ? { due: new Date(due).toISOString() } : {}) };
  return (
    <AskDialog
      title={say(task ? "task.change" : "task.add")}
      verb={say(task ? "task.change" : "task.add")}
      busy={add.isPending || change.isPending}
      error={add.error ?? change.error}
      onClose={onClose}
      onConfirm={() => {
        if (task) change.mutate({ id: task.id, body: due ? body : { ...body, due: null } }, { onSuccess: onClose });
        else add.mutate({ id: file.id, body }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("task.title")} name="title" value={title} onChange={setTitle} required maxLength={500} />
      <TextField label={say("task.assigned")} name="assigned" value={assigned} onChange={setAssigned} maxLength={200} />
      <TextField label={say("task.due")} name="due" type="datetime-local" value={due} onChange={setDue} />
    </AskDialog>
  );
}
const localOf = (time: string): string => {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function NotNeededDialog({ task, onClose }: { task: CaseTask; onClose: () => void }) {
  const { say } = useWords();
  const end = useChange("post", "/api/v1/case-tasks/{id}/end");
  const [note, setNote] = useState("");
  return (
    <AskDialog
      title={<Hostile text={task.title} />}
      verb={say("task.not-needed")}
      busy={end.isPending}
      error={end.error}
      onClose={onClose}
      onConfirm={() => {
        end.mutate({ id: task.id, body: { outcome: "not-needed", note } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("task.not-needed.why")} name="note" value={note} onChange={setNote} required maxLength={4000} />
    </AskDialog>
  );
}

type Asked = { what: "add" | "playbook" } | { what: "change" | "not-needed"; task: CaseTask } | null;

function TaskRow({ file, task, onAsk }: { file: Case; task: CaseTask; onAsk: (asked: Asked) => void }) {
  const { say, span } = useWords();
  const { may } = useMe();
  const now = useNow();
  const end = useChange("post", "/api/v1/case-tasks/{id}/end");
  const due = task.due === null ? undefined : Date.parse(task.due);
  const late = task.outcome === "open" && due !== undefined && now > due;
  const step = stepOf(task.step_kind);
  const branch = task.branch === "true" || task.branch === "false" || task.branch === "failure" ? say(`branch.${task.branch}`) : task.branch ? say("branch.other", { name: task.branch }) : "";
  const ended = task.done === null ? "" : say(task.outcome === "done" ? "task.done.by" : "task.not-needed.by", { who: nameOf(task.done_by), time: formatTime(task.done) });
  const button = (words: string, act: () => void) => (
    <button type="button" className="btn sm" aria-label={`${words}: ${task.title}`} disabled={end.isPending} onClick={act}>
      {words}
    </button>
  );
  return (
    <li className="task" style={{ marginLeft: `${String(Math.min(task.depth, 6) * 20)}px` }} data-outcome={task.outcome}>
      <span className="state" style={{ whiteSpace: "normal" }}>
        <Mark kind={TASK_MARKS[task.outcome][0]} tone={TASK_MARKS[task.outcome][1]} />
        <span>
          {branch ? <span className="chip">{<Hostile text={branch} />}</span> : null} {step ? <span className="small dim">{`${say(`step.${step}`)}: `}</span> : null}
          <b className={task.outcome === "open" ? "" : "dim"}>
            <Hostile text={task.title} />
          </b>
        </span>
      </span>
      <div className="small dim">
        <Hostile text={[task.assigned, ended, task.note].filter(Boolean).join(" · ")} />
        {task.due !== null && (task.assigned || ended || task.note) ? " · " : ""}
        {task.due === null ? null : (
          <span className={late ? "c-critical" : ""}>{late && due !== undefined ? say("task.late", { span: span(now - due) }) : `${say("task.due")} ${formatTime(task.due)}`}</span>
        )}
      </div>
      {task.text ? (
        <details className="small">
          <summary>{say("task.text")}</summary>
          <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            <Hostile text={task.text} />
          </div>
        </details>
      ) : null}
      {end.error ? <ErrorBox error={end.error} /> : null}
      {file.closed ? null : (
        <span className="row">
          {task.outcome === "open" && may("case:answer")
            ? button(say("task.done"), () => {
                end.mutate({ id: task.id, body: { outcome: "done" } });
              })
            : null}
          {task.outcome === "open" && may("case:answer")
            ? button(say("task.not-needed"), () => {
                onAsk({ what: "not-needed", task });
              })
            : null}
          {task.outcome === "open" && may("case:write")
            ? button(say("task.change"), () => {
                onAsk({ what: "change", task });
              })
            : null}
          {task.outcome !== "open" && may("case:answer")
            ? button(say("task.again"), () => {
                end.mutate({ id: task.id, body: { outcome: "open" } });
              })
            : null}
        </span>
      )}
    </li>
  );
}

function Runs({ id }: { id: string }) {
  const { say, number } = useWords();
  const runs = useResource("/api/v1/cases/{id}/playbooks", { id });
  const all = runs.data?.items ?? [];
  if (all.length === 0) return null;
  return (
    <ul className="plain small dim" data-testid="runs">
      {all.map((one) => (
        <li key={one.id}>
          <Hostile text={one.name} />
          {` · ${say("playbook.version", { version: one.modified.slice(0, 10) })} · ${say("case.tasks.left", { n: number(one.tasks - one.ended), m: number(one.tasks) })}`}
        </li>
      ))}
    </ul>
  );
}

export function Tasks({ file }: { file: Case }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/cases/{id}/tasks", { id: file.id });
  const [asked, setAsked] = useState<Asked>(null);
  const left = (list.data ?? []).filter((task) => task.outcome === "open").length;
  const shut = () => {
    setAsked(null);
  };
  return (
    <section className="sec wide" aria-labelledby="case-tasks">
      <header>
        <h2 id="case-tasks">{say("case.tasks")}</h2>
        {list.data && list.data.length > 0 ? <span className="dim">{say("case.tasks.left", { n: number(left), m: number(list.data.length) })}</span> : null}
        {may("case:write") && !file.closed ? (
          <span className="row end">
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                setAsked({ what: "playbook" });
              }}
            >
              <Icon name="list" />
              {say("playbook.start")}
            </button>
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                setAsked({ what: "add" });
              }}
            >
              <Icon name="plus" />
              {say("task.add")}
            </button>
          </span>
        ) : null}
      </header>
      <Runs id={file.id} />
      <Shown reading={list} rows={3}>
        {(tasks) =>
          tasks.length === 0 ? (
            <p className="faint">{say("case.tasks.none")}</p>
          ) : (
            <ol className="plain tasks" data-testid="tasks">
              {tasks.map((task) => (
                <TaskRow key={task.id} file={file} task={task} onAsk={setAsked} />
              ))}
            </ol>
          )
        }
      </Shown>
      <MoreRows list={list} bare />
      {asked?.what === "add" ? <TaskDialog file={file} task={undefined} onClose={shut} /> : null}
      {asked?.what === "change" ? <TaskDialog file={file} task={asked.task} onClose={shut} /> : null}
      {asked?.what === "not-needed" ? <NotNeededDialog task={asked.task} onClose={shut} /> : null}
      {asked?.what === "playbook" ? <PlaybookDialog file={file} onClose={shut} /> : null}
    </section>
  );
}
