// What can be done with the chosen findings, at the foot of the list; and the questions before it.
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import type { ApiError } from "../../api/client";
import { MuteMany } from "./MuteDialog";
import type { Verdict } from "../../api/deeds";
import { CloseDialog } from "./CloseDialog";

export type AskingMany = "" | "mute" | "close";

interface BulkBarProps {
  count: number;
  fresh: number; // of them new
  open: number; // of them not closed
  busy: boolean;
  onMine: () => void;
  onAcknowledge: () => void;
  onAsk: (asking: AskingMany) => void;
}

export function BulkBar({ count, fresh, open, busy, onMine, onAcknowledge, onAsk }: BulkBarProps) {
  const { say, number } = useWords();
  const { may } = useMe();
  return (
    <div className="bulk">
      <b>{say("findings.selected", { n: number(count) })}</b>
      <span className="end row">
        {may("finding:acknowledge") ? (
          <button type="button" className="btn" disabled={busy} onClick={onMine}>
            {say("do.mine")}
          </button>
        ) : null}
        {may("finding:mute") ? (
          <button
            type="button"
            className="btn"
            disabled={busy || open === 0}
            onClick={() => {
              onAsk("mute");
            }}
          >
            <Icon name="mute" />
            {say("do.mute")}
            <span className="kbd">{"M"}</span>
          </button>
        ) : null}
        {may("finding:close") ? (
          <button
            type="button"
            className="btn"
            disabled={busy || open === 0}
            onClick={() => {
              onAsk("close");
            }}
          >
            {say("do.close")} {number(open)}
          </button>
        ) : null}
        {may("finding:acknowledge") ? (
          <button type="button" className="btn pri" disabled={busy || fresh === 0} onClick={onAcknowledge}>
            {say("do.acknowledge")} {number(fresh)}
            <span className="kbd">{"A"}</span>
          </button>
        ) : null}
      </span>
    </div>
  );
}

interface AskManyProps {
  asking: AskingMany;
  count: number;
  busy: boolean;
  error: ApiError | null;
  onShut: () => void;
  onMute: (reason: string, until: string) => void;
  onClose: (reason: string, verdict: Verdict) => void;
}

export function AskMany({ asking, count, busy, error, onShut, onMute, onClose }: AskManyProps) {
  const { say, number } = useWords();
  if (asking === "mute") return <MuteMany count={count} busy={busy} error={error} onClose={onShut} onMute={onMute} />;
  if (asking === "") return null;
  return (
    <CloseDialog
      title={say("close.title", { what: say("findings.many", { n: number(count) }) })}
      verb={`${say("do.close")} ${number(count)}`}
      busy={busy}
      error={error}
      onClose={onShut}
      onConfirm={onClose}
    />
  );
}
