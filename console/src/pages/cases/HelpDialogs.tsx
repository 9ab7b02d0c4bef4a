// What is asked when help is called for, and when a call or an answer is written down.
import { useState } from "react";
import { useChange } from "../../api/resource";
import type { Case, Escalation } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { useWords } from "../../parts/preferences";

const PURPOSES = ["response", "monitoring"] as const;
const KINDS = ["call", "mail", "answer", "note"] as const;

export function HelpDialog({ file, onClose }: { file: Case; onClose: () => void }) {
  const { say } = useWords();
  const open = useChange("post", "/api/v1/escalations");
  const [purpose, setPurpose] = useState<(typeof PURPOSES)[number]>("response");
  const [reason, setReason] = useState("");
  return (
    <AskDialog
      title={say("help.open")}
      note={say("help.note")}
      verb={say("help.open")}
      busy={open.isPending}
      error={open.error}
      onClose={onClose}
      onConfirm={() => {
        open.mutate({ body: { case: file.id, purpose, reason } }, { onSuccess: onClose });
      }}
    >
      <label className="labelled">
        <span>{say("help.purpose")}</span>
        <select
          className="input"
          name="purpose"
          value={purpose}
          onChange={(event) => {
            const chosen = PURPOSES.find((one) => one === event.target.value);
            if (chosen) setPurpose(chosen);
          }}
        >
          {PURPOSES.map((one) => (
            <option key={one} value={one}>
              {say(`help.purpose.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <TextField label={say("help.reason")} name="reason" value={reason} onChange={setReason} required maxLength={4000} />
    </AskDialog>
  );
}

export function LogDialog({ of, numbers, onClose }: { of: Escalation; numbers: string[]; onClose: () => void }) {
  const { say } = useWords();
  const log = useChange("post", "/api/v1/escalations/{id}/log");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("call");
  const [to, setTo] = useState(numbers[0] ?? "");
  const [person, setPerson] = useState("");
  const [text, setText] = useState("");
  return (
    <AskDialog
      title={say("help.log")}
      verb={say("help.log")}
      busy={log.isPending}
      error={log.error}
      onClose={onClose}
      onConfirm={() => {
        log.mutate({ id: of.id, body: { kind, to, person, text } }, { onSuccess: onClose });
      }}
    >
      <label className="labelled">
        <span>{say("help.log.kind")}</span>
        <select
          className="input"
          name="kind"
          value={kind}
          onChange={(event) => {
            const chosen = KINDS.find((one) => one === event.target.value);
            if (chosen) setKind(chosen);
          }}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {say(`help.log.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <TextField label={say("help.log.to")} name="to" value={to} onChange={setTo} maxLength={300} />
      <TextField label={say("help.log.person")} name="person" value={person} onChange={setPerson} maxLength={300} />
      <TextField label={say("help.log.text")} name="text" value={text} onChange={setText} maxLength={4000} required />
    </AskDialog>
  );
}
