import { Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useList, useResource } from "../../api/resource";
import { formatClock } from "../../base/time";
import { Icon, Mark } from "../../parts/Icon";
import { usePageKeys } from "../../parts/page_keys";
import { keep, kept, useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Empty, Shown } from "../../parts/States";
import { leaveTrail } from "../../parts/trail";
import { useAddress } from "../../parts/url";
import { useBulk } from "./bulk";
import { Filters, FILTERS } from "./Filters";
import { COLUMNS, Grid, type ColumnName } from "./Grid";
import { Groups } from "./Groups";
import { MuteMany } from "./MuteDialog";

function useHidden(): [ReadonlySet<ColumnName>, (column: ColumnName) => void, () => void] {
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

function ColumnMenu({ hidden, onToggle, onReset }: { hidden: ReadonlySet<ColumnName>; onToggle: (column: ColumnName) => void; onReset: () => void }) {
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

export function Page() {
  const { say, number } = useWords();
  const { may, name } = useMe();
  const address = useAddress();
  const navigate = useNavigate();
  const query = Object.fromEntries(FILTERS.map((field) => [field, address.value(field)]));
  const by = address.value("by");
  const list = useList("/api/v1/findings", { query, enabled: by === "" });
  const count = useResource("/api/v1/findings/count", { query });
  const [base, setBase] = useState<{ at: number; count: number } | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState(-1);
  const [muting, setMuting] = useState(false);
  const [hidden, toggleColumn, resetColumns] = useHidden();
  // The count when the list was read; what came since waits behind a button.
  if (count.data && !count.isFetching && list.dataUpdatedAt > 0 && base?.at !== list.dataUpdatedAt) setBase({ at: list.dataUpdatedAt, count: count.data.count });
  const waiting = base && count.data ? Math.max(0, count.data.count - base.count) : 0;
  const refresh = () => {
    void list.refetch();
    void count.refetch();
  };
  const bulk = useBulk(() => {
    setChosen(new Set());
    setMuting(false);
    refresh();
  });
  const findings = list.data ?? [];
  const ids = findings.map((finding) => finding.id).join(" ");
  useEffect(() => {
    leaveTrail(ids === "" ? [] : ids.split(" "));
  }, [ids]);
  const at = findings[focus];
  const choose = (id: string) => {
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  };
  const targets = chosen.size > 0 ? findings.filter((finding) => chosen.has(finding.id)) : at ? [at] : [];
  const open = targets.filter((finding) => finding.state === "new").map((finding) => finding.id);
  const mutable = targets.filter((finding) => finding.state !== "closed").map((finding) => finding.id);
  const acknowledge = () => {
    if (open.length > 0 && may("finding:acknowledge")) void bulk.acknowledge(open);
  };
  const mute = () => {
    if (mutable.length > 0 && may("finding:mute")) setMuting(true);
  };
  const move = (to: number) => {
    setFocus(Math.max(0, Math.min(findings.length - 1, to)));
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  usePageKeys([
    {
      keys: ["j", "ArrowDown"],
      shown: "J ↓",
      words: "keys.down",
      action: () => {
        move(focus + 1);
      },
    },
    {
      keys: ["k", "ArrowUp"],
      shown: "K ↑",
      words: "keys.up",
      action: () => {
        move(focus - 1);
      },
    },
    {
      keys: ["Home"],
      shown: "Home",
      words: "keys.first",
      action: () => {
        move(0);
      },
    },
    {
      keys: ["End"],
      shown: "End",
      words: "keys.last",
      action: () => {
        move(findings.length - 1);
      },
    },
    {
      keys: ["Enter"],
      shown: "Enter",
      words: "keys.open",
      action: () => {
        if (at) void navigate({ to: "/findings/$id", params: { id: at.id } });
      },
    },
    {
      keys: ["x"],
      shown: "X",
      words: "keys.select",
      action: () => {
        if (at) choose(at.id);
      },
    },
    { keys: ["a"], shown: "A", words: "keys.acknowledge", action: acknowledge },
    { keys: ["m"], shown: "M", words: "keys.mute", action: mute },
    { keys: [".", "u"], shown: ". U", words: "keys.show", action: refresh },
    {
      keys: ["Escape"],
      shown: "Esc",
      words: "keys.unselect",
      action: () => {
        setChosen(new Set());
        setFocus(-1);
      },
    },
    { keys: ["Shift+Escape"], shown: "Shift Esc", words: "keys.clear", action: address.clear },
  ]);
  const selected = [...chosen];
  return (
    <>
      <div className="head row">
        <h1>{say("page.findings")}</h1>
        {count.data ? <span className="dim">{say("findings.count", { n: number(count.data.count) })}</span> : null}
        <span className="end row">
          {waiting > 0 && by === "" ? (
            <button type="button" className="btn sm c-acc" onClick={refresh}>
              <Icon name="up" />
              {say("findings.new", { n: number(waiting) })}
              <span className="kbd">{"."}</span>
            </button>
          ) : null}
          {by === "" ? <ColumnMenu hidden={hidden} onToggle={toggleColumn} onReset={resetColumns} /> : null}
        </span>
      </div>
      <Filters />
      {bulk.told ? (
        <p className="ban acc" role="status">
          <Mark kind="closed" tone="c-ok" />
          {bulk.told}
        </p>
      ) : null}
      {by !== "" ? (
        <Groups by={by} query={query} />
      ) : (
        <Shown reading={list} rows={10}>
          {(items) =>
            items.length === 0 ? (
              <Empty title={say("findings.none")}>{say("checked", { time: formatClock(list.dataUpdatedAt, true) })}</Empty>
            ) : (
              <Grid
                findings={items}
                count={count.data?.count ?? items.length}
                hidden={hidden}
                chosen={chosen}
                focus={focus}
                more={hasNextPage}
                onMore={onMore}
                onChoose={choose}
                onAll={() => {
                  setChosen(chosen.size === items.length ? new Set() : new Set(items.map((finding) => finding.id)));
                }}
              />
            )
          }
        </Shown>
      )}
      {chosen.size > 0 ? (
        <div className="bulk">
          <b>{say("findings.selected", { n: number(chosen.size) })}</b>
          <span className="end row">
            {may("finding:acknowledge") ? (
              <button
                type="button"
                className="btn"
                disabled={bulk.busy}
                onClick={() => {
                  void bulk.assign(selected, name);
                }}
              >
                {say("do.mine")}
              </button>
            ) : null}
            {may("finding:mute") ? (
              <button type="button" className="btn" disabled={bulk.busy || mutable.length === 0} onClick={mute}>
                <Icon name="mute" />
                {say("do.mute")}
                <span className="kbd">{"M"}</span>
              </button>
            ) : null}
            {may("finding:acknowledge") ? (
              <button type="button" className="btn pri" disabled={bulk.busy || open.length === 0} onClick={acknowledge}>
                {say("do.acknowledge")} {number(open.length)}
                <span className="kbd">{"A"}</span>
              </button>
            ) : null}
          </span>
        </div>
      ) : null}
      {muting ? (
        <MuteMany
          count={mutable.length}
          busy={bulk.busy}
          onClose={() => {
            setMuting(false);
          }}
          onMute={(reason, until) => {
            void bulk.mute(mutable, reason, until);
          }}
        />
      ) : null}
    </>
  );
}
