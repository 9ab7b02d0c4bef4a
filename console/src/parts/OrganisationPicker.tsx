// The choice of organisations in the top bar: a tree by parent with a search that ignores accents, one, several or all. A
// chosen organisation holds those below it. Nothing changes until the choice is taken.
import { Popover } from "@mantine/core";
import { useMemo, useState } from "react";
import { toggledUnit, type Unit } from "../base/organisation_tree";
import { Hostile } from "./Hostile";
import { Icon } from "./Icon";
import { useWords } from "./preferences";
import { MOST_CHOSEN, useScope } from "./scope";
import { useMe, useOrganisations } from "./session";
import { UnitTree } from "./UnitTree";
import "./desk.css";

// What is looked at now, in few words.
export function useScopeName(): { name: string; unseen: boolean } {
  const { say, number } = useWords();
  const { organisation } = useMe();
  const { names } = useOrganisations();
  const { ids } = useScope();
  const [only] = ids;
  if (ids.length > 1) return { name: say("scope.several", { n: number(ids.length) }), unseen: false };
  if (only !== undefined) return { name: names.get(only) ?? say("scope.unseen"), unseen: names.size > 0 && !names.has(only) };
  return { name: organisation === null ? say("scope.node") : (names.get(organisation) ?? say("host.unknown")), unseen: false };
}

function Choice({ units, more, onDone }: { units: readonly Unit[]; more: boolean; onDone: () => void }) {
  const { say, number } = useWords();
  const { ids, choose } = useScope();
  const by = useMemo(() => new Map(units.map((unit) => [unit.id, unit])), [units]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(ids));
  const [ended, setEnded] = useState(() => ids.some((id) => by.get(id)?.ended));
  const take = (next: readonly string[]) => {
    choose(next);
    onDone();
  };
  const tooMany = chosen.size > MOST_CHOSEN;
  return (
    <form
      className="unitbox"
      onSubmit={(event) => {
        event.preventDefault();
        if (!tooMany) take([...chosen]);
      }}
    >
      <UnitTree
        units={units}
        chosen={chosen}
        ended={ended}
        onToggle={(id) => {
          setChosen(toggledUnit(by, chosen, id));
        }}
        onOnly={(id) => {
          take([id]);
        }}
      />
      <label className="row small dim">
        <input
          type="checkbox"
          checked={ended}
          onChange={(event) => {
            setEnded(event.target.checked);
          }}
        />
        {say("scope.withended")}
      </label>
      {more ? <p className="faint small">{say("scope.first", { n: number(units.length) })}</p> : null}
      {tooMany ? (
        <p className="c-high small" role="alert">
          {say("scope.most", { n: number(MOST_CHOSEN) })}
        </p>
      ) : null}
      <p className="faint small">{say("scope.keys")}</p>
      <div className="row">
        <button
          type="button"
          className="btn"
          disabled={ids.length === 0 && chosen.size === 0}
          onClick={() => {
            take([]);
          }}
        >
          {say("scope.all")}
        </button>
        <button type="submit" className="btn pri end" disabled={tooMany}>
          {chosen.size === 0 ? say("scope.show.all") : say("scope.show", { n: number(chosen.size) })}
        </button>
      </div>
    </form>
  );
}

export function OrganisationPicker({ open, onOpen }: { open: boolean; onOpen: (open: boolean) => void }) {
  const { say, number } = useWords();
  const { items, count, more } = useOrganisations();
  const { ids } = useScope();
  const { name, unseen } = useScopeName();
  const fixed = count < 2 && ids.length === 0;
  const shown = (
    <>
      <Icon name="units" />
      {fixed ? null : <span className="vh">{say("scope.choose")}: </span>}
      <b className={unseen ? "cut c-unk" : "cut"}>
        <Hostile text={name} />
      </b>
      {count > 0 && ids.length === 0 ? <span className="faint nw">{say("scope.units", { n: number(count) })}</span> : null}
    </>
  );
  // Whoever sees a single organisation has nothing to choose.
  if (fixed) return <span className="scope">{shown}</span>;
  return (
    <Popover opened={open} onChange={onOpen} position="bottom-start" trapFocus returnFocus withinPortal={false} transitionProps={{ duration: 0 }} width={420}>
      <Popover.Target>
        <button
          type="button"
          className={ids.length > 0 ? "scope pick on" : "scope pick"}
          aria-haspopup="dialog"
          data-testid="scope"
          onClick={() => {
            onOpen(!open);
          }}
        >
          {shown}
          <Icon name="down" />
        </button>
      </Popover.Target>
      <Popover.Dropdown className="unitpop" aria-label={say("scope.choose")}>
        {open ? (
          <Choice
            units={items}
            more={more}
            onDone={() => {
              onOpen(false);
            }}
          />
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
