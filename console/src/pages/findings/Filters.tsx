import { LEVELS } from "../../api/types";
import { ClearFilters, PickFilter } from "../../parts/Filters";
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
      <PickFilter name="level" label={say("col.level")} options={LEVELS.map((level) => [level, say(`level.${level}`)] as const)} />
      <PickFilter name="state" label={say("col.state")} options={STATES.map((state) => [state, say(`state.${state}`)] as const)} />
      <PickFilter
        name="muted"
        label={say("filter.muted")}
        options={[
          ["false", say("no")],
          ["true", say("yes")],
        ]}
      />
      {address.value("below") ? <PickFilter name="below" label={say("filter.below")} options={[["false", say("filter.below.no")]]} none={say("yes")} /> : null}
      <PickFilter name="assignee" label={say("col.assignee")} options={[[name, say("filter.mine")], ...(assignee && assignee !== name ? [[assignee, assignee] as const] : [])]} />
      {text("entity", say("filter.entity"))}
      {address.value("rule") ? text("rule", say("filter.rule")) : null}
      {address.value("like") ? text("like", say("filter.like")) : null}
      <PickFilter name="by" label={say("filter.by")} options={GROUPINGS.map((by) => [by, say(`by.${by}`)] as const)} none={say("by.none")} />
      <ClearFilters names={FILTERS} />
    </div>
  );
}
