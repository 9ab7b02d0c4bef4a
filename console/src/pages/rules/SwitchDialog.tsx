import type { Titled } from "../../base/rule_title";
import { useChange } from "../../api/resource";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";

// Switches a rule off or on again, with the reason that goes into the audit chain.
export function SwitchDialog({ rule, onClose }: { rule: Titled & { id: string; off: boolean }; onClose: () => void }) {
  const { say, ruleTitle } = useWords();
  const disable = useChange("post", "/api/v1/rules/{id}/disable");
  const enable = useChange("post", "/api/v1/rules/{id}/enable");
  const change = rule.off ? enable : disable;
  return (
    <AskDialog
      title={<Hostile text={say(rule.off ? "rules.enable.title" : "rules.disable.title", { what: ruleTitle(rule) })} />}
      note={say(rule.off ? "rules.enable.note" : "rules.disable.note")}
      verb={say(rule.off ? "rules.enable" : "rules.disable")}
      danger={!rule.off}
      reason
      busy={change.isPending}
      error={change.error}
      onClose={onClose}
      onConfirm={(reason) => {
        change.mutate({ id: rule.id, body: { reason } }, { onSuccess: onClose });
      }}
    />
  );
}
