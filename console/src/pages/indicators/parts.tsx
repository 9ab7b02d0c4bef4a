// What the tabs of indicators share.
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

const KINDS = ["address", "network", "domain", "url", "hash", "email", "user_agent", "file_name", "pattern"] as const;

// The kind in words; those that have a name of their own, such as JA3, by it.
export function useKind() {
  const { say } = useWords();
  return (kind: string) => {
    const known = KINDS.find((one) => one === kind);
    return known ? say(`intel.kind.${known}`) : kind.toUpperCase();
  };
}

// What speaks against a value, and how much.
export function Doubt({ warning, caution }: { warning: string | undefined; caution: boolean | undefined }) {
  const { say } = useWords();
  if (!warning) return null;
  return (
    <span className="state" style={{ whiteSpace: "normal" }}>
      <Mark kind="unknown" tone="c-unk" />
      <span>
        <b>{say(caution ? "intel.caution" : "intel.doubt")}</b>
        {": "}
        <Hostile text={warning} />
      </span>
    </span>
  );
}
