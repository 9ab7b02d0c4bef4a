// To whom a finding is given; nobody is a choice too.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { Finding } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";

export function AssignDialog({ finding, onClose }: { finding: Finding; onClose: () => void }) {
  const { say, ruleTitle } = useWords();
  const { may, name } = useMe();
  const users = useResource("/api/v1/users", { query: { limit: "1000" }, enabled: may("user:read") });
  const assign = useChange("post", "/api/v1/findings/{id}/assign");
  const [who, setWho] = useState(finding.assignee === name ? "" : name);
  const people = [...new Set([name, ...(users.data?.items ?? []).filter((user) => !user.disabled).map((user) => user.name)])];
  return (
    <AskDialog
      title={<Hostile text={say("assign.title", { what: ruleTitle(finding.rule) })} />}
      verb={say("do.assign")}
      busy={assign.isPending}
      error={assign.error}
      onClose={onClose}
      onConfirm={() => {
        assign.mutate({ id: finding.id, body: { assignee: who } }, { onSuccess: onClose });
      }}
    >
      <label className="labelled">
        <span>{say("col.assignee")}</span>
        <select
          className="input"
          name="assignee"
          value={who}
          onChange={(event) => {
            setWho(event.target.value);
          }}
        >
          <option value="">{say("by.nobody")}</option>
          {people.map((one) => (
            <option key={one} value={one}>
              {one === name ? say("assign.me", { name: one }) : one}
            </option>
          ))}
        </select>
      </label>
      {may("user:read") ? null : <p className="faint small">{say("assign.only")}</p>}
    </AskDialog>
  );
}
