import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, change } from "../../api/client";
import { atOnce } from "../../base/at_once";
import { useWords } from "../../parts/preferences";

const AT_ONCE = 6;

// Gives many findings to one account, a few at a time; what was refused is told with the first reason.
export function useAssignMany(done: () => void) {
  const queries = useQueryClient();
  const { say, why, number } = useWords();
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const assign = async (ids: readonly string[], assignee: string) => {
    setBusy(true);
    const { done: well, failed } = await atOnce(ids, AT_ONCE, (id) => change("post", "/api/v1/findings/{id}/assign", { id }, { assignee }));
    const [first] = failed;
    setTold(
      [say("findings.assigned", { n: number(well.length) }), failed.length > 0 ? say("findings.failed", { n: number(failed.length), why: first instanceof ApiError ? why(first.told) : "" }) : ""]
        .filter(Boolean)
        .join(". "),
    );
    setBusy(false);
    done();
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" });
  };
  return { told, busy, assign };
}
