// What people do to findings, and how it is taken back: by the server's own routes, only while nobody changed the finding
// since (If-Match). Both stand in the audit chain.
import { change } from "./client";
import type { Finding } from "./types";

export type DeedKind = "acknowledge" | "mute" | "close";
export interface Deed {
  kind: DeedKind;
  before: Finding;
  after: Finding;
}

export const acknowledgeFinding = (finding: Finding): Promise<Finding> => change("post", "/api/v1/findings/{id}/acknowledge", { id: finding.id });
export const muteFinding = (finding: Finding, reason: string, until: string): Promise<Finding> => change("post", "/api/v1/findings/{id}/mute", { id: finding.id }, { reason, until });
// What a finding was, as whoever closes it says; counts in the scorecard of its rule.
export const VERDICTS = ["attack", "false-alarm", "undecided"] as const;
export type Verdict = (typeof VERDICTS)[number];
export const closeFinding = (finding: Finding, reason: string, verdict: Verdict): Promise<Finding> => change("post", "/api/v1/findings/{id}/close", { id: finding.id }, { reason, verdict });
export const revealFinding = (id: string, reason: string): Promise<Finding> => change("post", "/api/v1/findings/{id}/reveal", { id }, { reason });

// Makes the finding what it was before: new or acknowledged, muted as it was or not at all.
export async function undoDeed({ kind, before, after }: Deed, reason: string, now: number): Promise<Finding> {
  const place = { id: after.id, version: after.version };
  switch (kind) {
    case "acknowledge":
      return change("post", "/api/v1/findings/{id}/unacknowledge", place);
    case "mute": {
      const until = before.muted_until ?? "";
      if (until !== "" && Date.parse(until) > now && before.mute_reason) return change("post", "/api/v1/findings/{id}/mute", place, { reason: before.mute_reason, until });
      return change("post", "/api/v1/findings/{id}/unmute", place);
    }
    case "close": {
      const open = await change("post", "/api/v1/findings/{id}/reopen", place, { reason });
      return before.state === "acknowledged" ? change("post", "/api/v1/findings/{id}/acknowledge", { id: open.id, version: open.version }) : open;
    }
  }
}
