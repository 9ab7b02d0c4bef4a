// Doing one of the things that can be taken back, to one finding or to many: it is told with its undo, and what may have
// changed is read again.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../api/client";
import { acknowledgeFinding, closeFinding, muteFinding, undoDeed, type Deed, type DeedKind, type Verdict } from "../api/deeds";
import type { Finding } from "../api/types";
import { atOnce } from "../base/at_once";
import { useWords } from "./preferences";
import { offerUndo, type Tell } from "./undo";

const AT_ONCE = 6;
const DONE = { acknowledge: "findings.acknowledged", mute: "findings.muted", close: "findings.closed" } as const satisfies Record<DeedKind, string>;

const failure = (cause: unknown): ApiError => (cause instanceof ApiError ? cause : new ApiError(0, String(cause), "internal", undefined));

const count =
  (words: "findings.undone" | (typeof DONE)[DeedKind], done: number, failed: readonly unknown[]): Tell =>
  ({ say, why, number }) =>
    [...(done > 0 ? [say(words, { n: number(done) })] : []), ...(failed.length > 0 ? [say("findings.failed", { n: number(failed.length), why: why(failure(failed[0]).told) })] : [])].join(". ");

export function useDeeds() {
  const queries = useQueryClient();
  const { say } = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const again = () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" });
  const takeBack = async (deeds: readonly Deed[]) => {
    const { done, failed } = await atOnce(deeds, AT_ONCE, (deed) => undoDeed(deed, say("undo.reason"), Date.now()));
    void again();
    return count("findings.undone", done.length, failed);
  };
  // True when at least one was done.
  const all = async (kind: DeedKind, findings: readonly Finding[], act: (finding: Finding) => Promise<Finding>): Promise<boolean> => {
    if (findings.length === 0) return false;
    setBusy(true);
    setError(null);
    const { done, failed } = await atOnce(findings, AT_ONCE, async (before): Promise<Deed> => ({ kind, before, after: await act(before) }));
    setBusy(false);
    if (done.length === 0) setError(failure(failed[0]));
    else offerUndo(count(DONE[kind], done.length, failed), () => takeBack(done));
    void again();
    return done.length > 0;
  };
  return {
    busy,
    error,
    acknowledge: (findings: readonly Finding[]) => all("acknowledge", findings, acknowledgeFinding),
    mute: (findings: readonly Finding[], reason: string, until: string) => all("mute", findings, (finding) => muteFinding(finding, reason, until)),
    close: (findings: readonly Finding[], reason: string, verdict: Verdict) => all("close", findings, (finding) => closeFinding(finding, reason, verdict)),
  };
}
export type Deeds = ReturnType<typeof useDeeds>;
