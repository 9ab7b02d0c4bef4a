// Filters of a list that stand in the address: one that is picked from a few, and the button that takes them all away.
import { useWords } from "./preferences";
import { useAddress } from "./url";

interface PickProps {
  name: string; // in the address
  label: string;
  options: readonly (readonly [value: string, words: string])[];
  none?: string; // the words for no value
}

export function PickFilter({ name, label, options, none }: PickProps) {
  const { say } = useWords();
  const address = useAddress();
  return (
    <label className="labelled">
      <span>{label}</span>
      <select
        className="input"
        name={name}
        value={address.value(name)}
        onChange={(event) => {
          address.set({ [name]: event.target.value });
        }}
      >
        <option value="">{none ?? say("filter.any")}</option>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ClearFilters({ names }: { names: readonly string[] }) {
  const { say } = useWords();
  const address = useAddress();
  if (!names.some((name) => address.value(name))) return null;
  return (
    <button
      type="button"
      className="btn sm"
      onClick={() => {
        address.set(Object.fromEntries(names.map((name) => [name, ""])));
      }}
    >
      {say("filter.clear")}
      <span className="kbd">{"Shift Esc"}</span>
    </button>
  );
}
