import { useState, type ReactNode } from "react";
import type { ApiError } from "../../api/client";
import { VERDICTS, type Verdict } from "../../api/deeds";
import { AskDialog } from "../../parts/Dialog";
import { useWords } from "../../parts/preferences";

// Asks why it is closed, and what it was: the verdict counts in the scorecard of the rule.
export function CloseDialog({
  title,
  verb,
  busy,
  error,
  onClose,
  onConfirm,
}: {
  title: ReactNode;
  verb: string;
  busy: boolean;
  error: ApiError | null;
  onClose: () => void;
  onConfirm: (reason: string, verdict: Verdict) => void;
}) {
  const { say } = useWords();
  const [verdict, setVerdict] = useState<Verdict>("undecided");
  return (
    <AskDialog
      title={title}
      note={say("close.note")}
      verb={verb}
      danger
      reason
      busy={busy}
      error={error}
      onClose={onClose}
      onConfirm={(reason) => {
        onConfirm(reason, verdict);
      }}
    >
      <label className="labelled">
        <span>{say("verdict.ask")}</span>
        <select
          className="input"
          name="verdict"
          value={verdict}
          onChange={(event) => {
            const chosen = VERDICTS.find((one) => one === event.target.value);
            if (chosen) setVerdict(chosen);
          }}
        >
          {VERDICTS.map((one) => (
            <option key={one} value={one}>
              {say(`verdict.${one}`)}
            </option>
          ))}
        </select>
      </label>
    </AskDialog>
  );
}
