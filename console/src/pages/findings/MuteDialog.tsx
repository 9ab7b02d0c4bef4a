import { useState } from "react";
import { formatTime } from "../../base/time";
import type { ApiError } from "../../api/client";
import type { Finding } from "../../api/types";
import type { Deeds } from "../../parts/deeds";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";

const DAYS = [1, 7, 30, 90, 365];

// Reason and end of a mute, for one finding or several.
function MuteQuestion({ what, busy, error, onClose, onMute }: { what: string; busy: boolean; error: ApiError | null; onClose: () => void; onMute: (reason: string, until: string) => void }) {
  const { say, number } = useWords();
  const [start] = useState(() => Date.now());
  const [days, setDays] = useState(7);
  const until = (count: number) => new Date(start + count * 86_400_000 - (count === 365 ? 60_000 : 0)).toISOString();
  return (
    <AskDialog
      title={<Hostile text={say("mute.title", { what })} />}
      note={say("mute.note")}
      verb={say("do.mute")}
      reason
      busy={busy}
      error={error}
      onClose={onClose}
      onConfirm={(reason) => {
        onMute(reason, until(days));
      }}
    >
      <label className="labelled" style={{ marginTop: "12px" }}>
        <span>{say("ask.until")}</span>
        <select
          className="input"
          value={days}
          onChange={(event) => {
            setDays(Number(event.target.value));
          }}
        >
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {say("ask.days", { n: number(count), time: formatTime(until(count)) })}
            </option>
          ))}
        </select>
      </label>
    </AskDialog>
  );
}

export function MuteDialog({ finding, deeds, onClose }: { finding: Finding; deeds: Deeds; onClose: () => void }) {
  const { ruleTitle } = useWords();
  return (
    <MuteQuestion
      what={`${ruleTitle(finding.rule)} · ${finding.entity}`}
      busy={deeds.busy}
      error={deeds.error}
      onClose={onClose}
      onMute={(reason, until) => {
        void deeds.mute([finding], reason, until).then((well) => {
          if (well) onClose();
        });
      }}
    />
  );
}

export function MuteMany({ count, busy, error, onClose, onMute }: { count: number; busy: boolean; error: ApiError | null; onClose: () => void; onMute: (reason: string, until: string) => void }) {
  const { say, number } = useWords();
  return <MuteQuestion what={say("findings.many", { n: number(count) })} busy={busy} error={error} onClose={onClose} onMute={onMute} />;
}
