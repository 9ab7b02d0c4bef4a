// What the tabs of administration share.
import { Icon } from "../../parts/Icon";
import { useMe } from "../../parts/session";
import { useWords } from "../../parts/preferences";
import { ROLES, sayRole } from "./roles";

// The button above a table that begins a new one; only for those who may.
export function AddButton({ permission, words, onAdd }: { permission: string; words: string; onAdd: () => void }) {
  const { may } = useMe();
  if (!may(permission)) return null;
  return (
    <div className="pad">
      <button type="button" className="btn pri" onClick={onAdd}>
        <Icon name="plus" />
        {words}
      </button>
    </div>
  );
}

export function RoleChoice({ role, onRole }: { role: string; onRole: (role: string) => void }) {
  const { say } = useWords();
  return (
    <label className="labelled">
      <span>{say("users.role")}</span>
      <select
        className="input"
        name="role"
        value={role}
        onChange={(event) => {
          onRole(event.target.value);
        }}
      >
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {sayRole(one, say)}
          </option>
        ))}
      </select>
    </label>
  );
}
