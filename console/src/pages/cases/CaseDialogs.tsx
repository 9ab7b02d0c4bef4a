// What is done with a case as a whole.
import { useState } from "react";
import { useChange } from "../../api/resource";
import type { Case } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { STAGES } from "./parts";

export function AdvanceDialog({ file, to, onClose }: { file: Case; to?: Case["stage"]; onClose: () => void }) {
  const { say } = useWords();
  const advance = useChange("post", "/api/v1/cases/{id}/stage");
  const [stage, setStage] = useState<Case["stage"]>(to ?? STAGES[Math.min(STAGES.indexOf(file.stage) + 1, STAGES.length - 1)] ?? "verifying");
  const [reason, setReason] = useState("");
  const [receipt, setReceipt] = useState("");
  return (
    <AskDialog
      title={
        <>
          {say("case.advance")}
          {": "}
          <Hostile text={file.title} />
        </>
      }
      note={say("case.stage.note")}
      verb={say("case.advance")}
      busy={advance.isPending}
      error={advance.error}
      onClose={onClose}
      onConfirm={() => {
        advance.mutate({ id: file.id, body: { stage, ...(reason ? { reason } : {}), ...(stage === "acknowledged" ? { receipt } : {}) } }, { onSuccess: onClose });
      }}
    >
      <label className="labelled">
        <span>{say("case.stage")}</span>
        <select
          className="input"
          name="stage"
          value={stage}
          onChange={(event) => {
            const chosen = STAGES.find((one) => one === event.target.value);
            if (chosen) setStage(chosen);
          }}
        >
          {STAGES.filter((one) => one !== file.stage).map((one) => (
            <option key={one} value={one}>
              {say(`case.stage.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {stage === "acknowledged" ? <TextField label={say("case.receipt")} name="receipt" value={receipt} onChange={setReceipt} required maxLength={500} /> : null}
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} maxLength={4000} />
    </AskDialog>
  );
}

export function AddItemDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { say } = useWords();
  const add = useChange("post", "/api/v1/cases/{id}/items");
  const [subject, setSubject] = useState("");
  const [family, setFamily] = useState("");
  return (
    <AskDialog
      title={say("item.add")}
      verb={say("item.add")}
      busy={add.isPending}
      error={add.error}
      onClose={onClose}
      onConfirm={() => {
        add.mutate({ id, body: { subject, family } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("item.subject")} name="subject" className="mono" value={subject} onChange={setSubject} required maxLength={512} />
      <TextField label={say("item.family")} name="family" value={family} onChange={setFamily} maxLength={200} />
    </AskDialog>
  );
}
