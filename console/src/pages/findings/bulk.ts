import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { change } from "../../api/client";
import { useWords } from "../../parts/preferences";

const AT_ONCE = 6;

// Does one thing to many findings, a few at a time; what was refused is told with the first reason.
export function useBulk(done: () => void) {
  const queries = useQueryClient();
  const { say, number } = useWords();
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const all = async (ids: readonly string[], act: (id: string) => Promise<unknown>, words: "findings.acknowledged" | "findings.muted" | "findings.assigned") => {
    setBusy(true);
    let failed = 0;
    let why = "";
    const left = [...ids];
    const work = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        try {
          await act(id);
        } catch (error) {
          failed += 1;
          if (error instanceof Error && !why) why = error.message;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
    setTold([say(words, { n: number(ids.length - failed) }), failed > 0 ? say("findings.failed", { n: number(failed), why }) : ""].filter(Boolean).join(". "));
    setBusy(false);
    done();
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" });
  };
  return {
    told,
    busy,
    acknowledge: (ids: readonly string[]) => all(ids, (id) => change("post", "/api/v1/findings/{id}/acknowledge", { id }), "findings.acknowledged"),
    assign: (ids: readonly string[], assignee: string) => all(ids, (id) => change("post", "/api/v1/findings/{id}/assign", { id }, { assignee }), "findings.assigned"),
    mute: (ids: readonly string[], reason: string, until: string) => all(ids, (id) => change("post", "/api/v1/findings/{id}/mute", { id }, { reason, until }), "findings.muted"),
  };
}
