// A playbook is chosen, looked at, and started in a case: its steps become tasks.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { Case } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

function Preview({ id }: { id: string }) {
  const { say, number } = useWords();
  const shown = useResource("/api/v1/playbooks/{playbook}", { id });
  return (
    <Shown reading={shown} rows={4}>
      {(one) => (
        <>
          <p className="small dim">
            <Hostile text={one.description} />
          </p>
          <p className="small faint">{`${say("playbook.steps", { n: number(one.steps.length) })} · ${say("playbook.version", { version: one.modified.slice(0, 10) })} · ${one.source}`}</p>
          <ol className="plain scrolly small" data-testid="steps" tabIndex={0}>
            {one.steps.map((step) => (
              <li key={step.step} style={{ marginLeft: `${String(Math.min(step.depth, 6) * 16)}px` }}>
                <Hostile text={step.name || step.kind} />
              </li>
            ))}
          </ol>
        </>
      )}
    </Shown>
  );
}

export function PlaybookDialog({ file, onClose }: { file: Case; onClose: () => void }) {
  const { say } = useWords();
  const list = useResource("/api/v1/playbooks");
  const start = useChange("post", "/api/v1/cases/{id}/playbooks");
  const [picked, setPicked] = useState("");
  const all = [...(list.data?.items ?? [])].sort((a, b) => Number(b.kind === file.kind) - Number(a.kind === file.kind));
  const chosen = picked || (all[0]?.id ?? "");
  return (
    <AskDialog
      title={say("playbook.start")}
      note={say("playbook.note")}
      verb={say("playbook.start")}
      busy={start.isPending || chosen === ""}
      error={start.error}
      onClose={onClose}
      onConfirm={() => {
        start.mutate({ id: file.id, body: { playbook: chosen } }, { onSuccess: onClose });
      }}
    >
      <Shown reading={list} rows={2}>
        {() => (
          <>
            <label className="labelled">
              <span>{say("playbook.which")}</span>
              <select
                className="input"
                name="playbook"
                value={chosen}
                onChange={(event) => {
                  setPicked(event.target.value);
                }}
              >
                {all.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.kind === file.kind ? `${one.name} (${say("playbook.fits")})` : one.name}
                  </option>
                ))}
              </select>
            </label>
            {chosen ? <Preview id={chosen} /> : null}
          </>
        )}
      </Shown>
    </AskDialog>
  );
}
