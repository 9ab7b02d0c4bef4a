import { formatTime } from "../base/time";
import type { Finding, Level } from "../api/types";
import { LevelGlyph, Mark } from "./Icon";
import { useWords } from "./preferences";

export function Severity({ level }: { level: Level }) {
  const { say } = useWords();
  return (
    <span className={`sev c-${level}`}>
      <LevelGlyph level={level} />
      {say(`level.${level}`)}
    </span>
  );
}

export function FindingState({ finding, now }: { finding: Finding; now: number }) {
  const { say } = useWords();
  const muted = finding.muted_until && new Date(finding.muted_until).getTime() > now;
  if (muted && finding.state !== "closed")
    return (
      <span className="state dim" title={finding.muted_until ? formatTime(finding.muted_until) : ""}>
        <Mark kind="refused" tone="faint" />
        {say("state.muted")}
      </span>
    );
  return (
    <span className="state dim">
      <Mark kind={finding.state} tone={finding.state === "closed" ? "c-ok" : ""} />
      {say(`state.${finding.state}`)}
    </span>
  );
}

// An absolute time; how long ago it was stands in the title.
export function When({ time, now }: { time: string; now: number }) {
  const { span } = useWords();
  return (
    <time className="nw" dateTime={time} title={span(now - new Date(time).getTime())}>
      {formatTime(time)}
    </time>
  );
}
