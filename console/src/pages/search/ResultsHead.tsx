// The head of the table of results: selection, time with its order, source, and the columns with a menu each.
import { Menu } from "@mantine/core";
import { isNumberField } from "../../base/event_text";
import { titleOf } from "../../base/field_titles";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { middleCut, movedColumn, SUMMARY, toggled } from "./columns";
import type { ResultsProps } from "./result_props";

export function ResultsHead({
  template,
  columns,
  order,
  types,
  chosen,
  onChooseAll,
  onColumns,
  onOrder,
}: Pick<ResultsProps, "columns" | "order" | "types" | "chosen" | "onChooseAll" | "onColumns" | "onOrder"> & { template: string }) {
  const { say, language } = useWords();
  return (
    <div className="erow ehead" role="row" style={{ gridTemplateColumns: template }}>
      <span role="columnheader">
        <input type="checkbox" aria-label={say("search.selectall")} title={say("search.selectall")} checked={chosen.size > 0} onChange={onChooseAll} />
      </span>
      <span role="columnheader" aria-sort={order === "oldest" ? "ascending" : "descending"}>
        <button
          type="button"
          className="sort"
          onClick={() => {
            onOrder(order === "oldest" ? "newest" : "oldest");
          }}
        >
          {say("search.time")}
          <span className={order === "oldest" ? "turned" : ""}>
            <Icon name="down" />
          </span>
        </button>
      </span>
      <span role="columnheader" className="plain">
        {say("search.source")}
      </span>
      {columns.map((name) => (
        <span key={name} role="columnheader" className={isNumberField(name, types.get(name)) ? "num" : ""}>
          <Menu position="bottom-start" withInitialFocusPlaceholder={false} portalProps={{ target: "#main" }} transitionProps={{ duration: 0 }}>
            <Menu.Target>
              <button type="button" className="sort" title={name === SUMMARY ? "" : name.slice(0, 200)}>
                <span className="cut">{name === SUMMARY ? say("search.summary") : <Hostile text={titleOf(name, language) ?? middleCut(name, 24)} />}</span>
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                onClick={() => {
                  onColumns(movedColumn(columns, name, -1));
                }}
              >
                {say("search.column.left")}
              </Menu.Item>
              <Menu.Item
                onClick={() => {
                  onColumns(movedColumn(columns, name, 1));
                }}
              >
                {say("search.column.right")}
              </Menu.Item>
              <Menu.Item
                onClick={() => {
                  onColumns(toggled(columns, name));
                }}
              >
                {say("search.column.off")}
              </Menu.Item>
              <Menu.Divider />
              {columns.includes(SUMMARY) ? null : (
                <Menu.Item
                  onClick={() => {
                    onColumns([...columns, SUMMARY]);
                  }}
                >
                  {say("search.column.summary")}
                </Menu.Item>
              )}
              <Menu.Item
                onClick={() => {
                  onColumns([]);
                }}
              >
                {say("search.column.reset")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </span>
      ))}
    </div>
  );
}
