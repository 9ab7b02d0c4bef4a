// Cases that become one, and one that becomes two.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useList, useResource } from "../../api/resource";
import type { Case, CaseItem } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { mergeable } from "./work";

interface PickProps {
  label: string;
  options: readonly { id: string; words: string }[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}
function PickMany({ label, options, chosen, onChange }: PickProps) {
  return (
    <fieldset className="labelled picks">
      <legend className="small faint">{label}</legend>
      <div className="scrolly" tabIndex={0}>
        {options.map(({ id, words }) => (
          <label key={id} className="row nw">
            <input
              type="checkbox"
              name="chosen"
              checked={chosen.has(id)}
              onChange={() => {
                const next = new Set(chosen);
                if (!next.delete(id)) next.add(id);
                onChange(next);
              }}
            />
            <Hostile text={words} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function MergeDialog({ file, onClose }: { file: Case; onClose: () => void }) {
  const { say, number } = useWords();
  const others = useList("/api/v1/cases", { query: { state: "open", organisation: file.organisation, below: "false" } });
  const merge = useChange("post", "/api/v1/cases/{id}/merge");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState("");
  const fitting = mergeable(others.data ?? [], file);
  return (
    <AskDialog
      title={
        <>
          {say("case.merge")}
          {": "}
          <Hostile text={file.title} />
        </>
      }
      note={say("case.merge.note")}
      verb={say("case.merge.do", { n: number(chosen.size) })}
      busy={merge.isPending || chosen.size === 0}
      error={merge.error}
      onClose={onClose}
      onConfirm={() => {
        const cases = fitting.filter((one) => chosen.has(one.id)).map((one) => ({ id: one.id, version: one.version }));
        merge.mutate({ id: file.id, body: { cases, ...(reason ? { reason } : {}) } }, { onSuccess: onClose });
      }}
    >
      <Shown reading={others} rows={2}>
        {() =>
          fitting.length === 0 ? (
            <p className="faint">{say("case.merge.none")}</p>
          ) : (
            <PickMany label={say("case.merge.which")} options={fitting.map((one) => ({ id: one.id, words: `${number(one.number)} · ${one.title}` }))} chosen={chosen} onChange={setChosen} />
          )
        }
      </Shown>
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} maxLength={4000} />
    </AskDialog>
  );
}

export function SplitDialog({ file, items, onClose }: { file: Case; items: readonly CaseItem[]; onClose: () => void }) {
  const { say, number } = useWords();
  const split = useChange("post", "/api/v1/cases/{id}/split");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [title, setTitle] = useState("");
  return (
    <AskDialog
      title={
        <>
          {say("case.split")}
          {": "}
          <Hostile text={file.title} />
        </>
      }
      note={say("case.split.note")}
      verb={say("case.split.do", { n: number(chosen.size) })}
      busy={split.isPending || chosen.size === 0}
      error={split.error}
      onClose={onClose}
      onConfirm={() => {
        split.mutate({ id: file.id, body: { items: [...chosen], title } }, { onSuccess: onClose });
      }}
    >
      <PickMany label={say("case.split.which")} options={items.map((one) => ({ id: one.id, words: [one.subject, one.family].filter(Boolean).join(" · ") }))} chosen={chosen} onChange={setChosen} />
      <TextField label={say("case.title")} name="title" value={title} onChange={setTitle} required maxLength={500} />
    </AskDialog>
  );
}

// What this case took in, with the way back.
export function Taken({ file }: { file: Case }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const taken = useResource("/api/v1/cases/{id}/merged", { id: file.id });
  const split = useChange("post", "/api/v1/cases/{id}/split");
  const all = taken.data?.items ?? [];
  if (all.length === 0) return taken.error ? <ErrorBox error={taken.error} /> : null;
  return (
    <section className="sec" aria-labelledby="case-taken">
      <header>
        <h2 id="case-taken">{say("case.taken")}</h2>
      </header>
      {split.error ? <ErrorBox error={split.error} /> : null}
      <ul className="plain" data-testid="taken">
        {all.map((one) => (
          <li key={one.id} className="row">
            <Link to="/cases/$id" params={{ id: one.id }}>
              <Hostile text={`${number(one.number)} · ${one.title}`} />
            </Link>
            {may("case:write") && !file.closed ? (
              <button
                type="button"
                className="btn sm end"
                disabled={split.isPending}
                aria-label={`${say("case.split.back")}: ${one.title}`}
                onClick={() => {
                  split.mutate({ id: file.id, body: { case: one.id } });
                }}
              >
                <Icon name="undo" />
                {say("case.split.back")}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
