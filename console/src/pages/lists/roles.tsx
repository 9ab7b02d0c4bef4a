// What a column means, in words; victim and C2 have a mark and a tone besides, so that nobody takes one for the other.
import { LIST_ROLES, type ListRole } from "../../base/list_choices";
import type { IconName } from "../../parts/Icon";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

const SIGNS: Partial<Record<ListRole, { icon: IconName; tone: string }>> = {
  victim: { icon: "warn", tone: "role-v" },
  "victim-port": { icon: "warn", tone: "role-v" },
  c2: { icon: "mark", tone: "role-c" },
  "c2-port": { icon: "mark", tone: "role-c" },
};

export const isRole = (text: string): text is ListRole => LIST_ROLES.some((role) => role === text);
export const roleTone = (role: string): string => (isRole(role) ? (SIGNS[role]?.tone ?? "") : "");

export function useRoleWords() {
  const { say } = useWords();
  return (role: string) => (isRole(role) ? say(`lists.role.${role}`) : role);
}

interface PickProps {
  label: string;
  role: ListRole | ""; // "": nobody has said it
  onPick: (role: ListRole) => void;
}
export function RolePick({ label, role, onPick }: PickProps) {
  const { say } = useWords();
  const words = useRoleWords();
  const sign = role === "" ? { icon: "unknown" as const } : SIGNS[role];
  return (
    <span className="rolepick">
      {sign ? <Icon name={sign.icon} /> : null}
      <select
        aria-label={label}
        className="input"
        value={role}
        onChange={(event) => {
          if (isRole(event.target.value)) onPick(event.target.value);
        }}
      >
        {role === "" ? <option value="">{say("lists.role.choose")}</option> : null}
        {LIST_ROLES.map((one) => (
          <option key={one} value={one}>
            {words(one)}
          </option>
        ))}
      </select>
    </span>
  );
}
