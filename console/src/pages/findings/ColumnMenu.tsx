// Which columns of the list of findings stand; kept in this browser.
import { Menu } from "@mantine/core";
import { useState } from "react";
import { Icon } from "../../parts/Icon";
import { keep, kept, useWords } from "../../parts/preferences";
import { COLUMNS, type ColumnName } from "./Grid";

export function useHidden(): [ReadonlySet<ColumnName>, (column: ColumnName) => void, () => void] {
  const [hidden, setHidden] = useState<ReadonlySet<ColumnName>>(() => new Set(COLUMNS.filter((column) => (kept("findings.hidden") ?? "assignee").split(" ").includes(column))));
  const set = (next: ReadonlySet<ColumnName>) => {
    setHidden(next);
    keep("findings.hidden", [...next].join(" "));
  };
  return [
    hidden,
    (column) => {
      const next = new Set(hidden);
      if (!next.delete(column)) next.add(column);
      set(next);
    },
    () => {
      set(new Set<ColumnName>(["assignee"]));
    },
  ];
}

export function ColumnMenu({ hidden, onToggle, onReset }: { hidden: ReadonlySet<ColumnName>; onToggle: (column: ColumnName) => void; onReset: () => void }) {
  const { say } = useWords();
  return (
    <Menu position="bottom-end" closeOnItemClick={false} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="btn sm">
          <Icon name="columns" />
          {say("table.columns")}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {COLUMNS.map((column) => (
          <Menu.CheckboxItem
            key={column}
            closeMenuOnClick={false}
            checked={!hidden.has(column)}
            onChange={() => {
              onToggle(column);
            }}
          >
            {say(`col.${column}`)}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onReset}>{say("table.reset")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
