import { useState } from "react";
import { formatTime } from "../../base/time";
import { useChange } from "../../api/resource";
import type { Finding } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";

const DAYS = [1, 7, 30, 90];

export function MuteDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const { say, number } = useWords();
  const mute = useChange("post", "/api/v1/findings/{id}/mute");
  const [start] = useState(() => Date.now());
  const [days, setDays] = useState(7);
  const until = (count: number) => new Date(start + count * 86_400_000).toISOString();
  return (
    <AskDialog title={<Hostile text={say("mute.title", { what: `${finding.rule.title} · ${finding.entity}` })} />} note={say("mute.note")} verb={say("do.mute")} reason busy={mute.isPending} error={mute.error} onClose={onClose} onConfirm={(reason) => { mute.mutate({ id: finding.id, body: { reason, until: until(days) } }, { onSuccess: onClose }); }}>
      <label className="labelled" style={{ marginTop: "12px" }}><span>{say("ask.until")}</span>
        <select className="input" value={days} onChange={(event) => { setDays(Number(event.target.value)); }}>{DAYS.map((count) => <option key={count} value={count}>{say("ask.days", { n: number(count), time: formatTime(until(count)) })}</option>)}</select>
      </label>
    </AskDialog>
  );
}
