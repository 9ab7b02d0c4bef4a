import { LEVELS } from "../../api/types";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { useAddress } from "../../parts/url";

const STATES = ["new", "acknowledged", "closed"] as const;
export const FILTERS = ["level", "state", "muted", "rule", "entity", "like", "below", "assignee"] as const;
export const GROUPINGS = ["rule", "entity", "organisation", "level", "assignee"] as const;

export function Filters() {
  const { say } = useWords();
  const { name } = useMe();
  const address = useAddress();
  const pick = (field: string, label: string, options: readonly (readonly [string, string])[], none = say("filter.any")) => (
    <label className="labelled">
      <span>{label}</span>
      <select
        className="input"
        name={field}
        value={address.value(field)}
        onChange={(event) => {
          address.set({ [field]: event.target.value });
        }}
      >
        <option value="">{none}</option>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
  const text = (field: string, label: string) => (
    <label className="labelled">
      <span>{label}</span>
      <input
        className="input mono"
        name={field}
        maxLength={255}
        key={address.value(field)}
        defaultValue={address.value(field)}
        onBlur={(event) => {
          if (event.target.value !== address.value(field)) address.set({ [field]: event.target.value.trim() });
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") address.set({ [field]: event.currentTarget.value.trim() });
        }}
      />
    </label>
  );
  const assignee = address.value("assignee");
  return (
    <div className="filters">
      {pick(
        "level",
        say("col.level"),
        LEVELS.map((level) => [level, say(`level.${level}`)] as const),
      )}
      {pick(
        "state",
        say("col.state"),
        STATES.map((state) => [state, say(`state.${state}`)] as const),
      )}
      {pick("muted", say("filter.muted"), [
        ["false", say("no")],
        ["true", say("yes")],
      ])}
      {address.value("below") ? pick("below", say("filter.below"), [["false", say("filter.below.no")]], say("yes")) : null}
      {pick("assignee", say("col.assignee"), [[name, say("filter.mine")], ...(assignee && assignee !== name ? [[assignee, assignee] as const] : [])])}
      {text("entity", say("filter.entity"))}
      {address.value("rule") ? text("rule", say("filter.rule")) : null}
      {address.value("like") ? text("like", say("filter.like")) : null}
      {pick(
        "by",
        say("filter.by"),
        GROUPINGS.map((by) => [by, say(`by.${by}`)] as const),
        say("by.none"),
      )}
      {FILTERS.some((field) => address.value(field)) ? (
        <button
          type="button"
          className="btn sm"
          onClick={() => {
            address.set(Object.fromEntries(FILTERS.map((field) => [field, ""])));
          }}
        >
          {say("filter.clear")}
          <span className="kbd">{"Shift Esc"}</span>
        </button>
      ) : null}
    </div>
  );
}
