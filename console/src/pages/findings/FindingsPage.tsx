import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useList, useResource } from "../../api/resource";
import { formatClock } from "../../base/time";
import { useDeeds } from "../../parts/deeds";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe } from "../../parts/session";
import { Empty, ErrorBox, Shown } from "../../parts/States";
import { leaveTrail } from "../../parts/trail";
import { useAddress } from "../../parts/url";
import { useAssignMany } from "./bulk";
import { AskMany, BulkBar, type AskingMany } from "./BulkBar";
import { ColumnMenu, useHidden } from "./ColumnMenu";
import { Filters, FILTERS } from "./Filters";
import { Grid } from "./Grid";
import { Groups } from "./Groups";
import { useFindingsKeys } from "./keys";

export function Page() {
  const { say, number } = useWords();
  const { may, name } = useMe();
  const address = useAddress();
  const navigate = useNavigate();
  const { scoped } = useScope();
  const query = { ...Object.fromEntries(FILTERS.map((field) => [field, address.value(field)])), ...scoped };
  const by = address.value("by");
  const list = useList("/api/v1/findings", { query, enabled: by === "" });
  const count = useResource("/api/v1/findings/count", { query });
  const [base, setBase] = useState<{ at: number; count: number } | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState(-1);
  const [asking, setAsking] = useState<AskingMany>("");
  const [hidden, toggleColumn, resetColumns] = useHidden();
  // The count when the list was read; what came since waits behind a button.
  if (count.data && !count.isFetching && list.dataUpdatedAt > 0 && base?.at !== list.dataUpdatedAt) setBase({ at: list.dataUpdatedAt, count: count.data.count });
  const waiting = base && count.data ? Math.max(0, count.data.count - base.count) : 0;
  const refresh = () => {
    void list.refetch();
    void count.refetch();
  };
  const after = () => {
    setChosen(new Set());
    setAsking("");
    refresh();
  };
  const deeds = useDeeds();
  const assigning = useAssignMany(after);
  const busy = deeds.busy || assigning.busy;
  const well = (done: boolean) => {
    if (done) after();
  };
  const findings = list.data ?? [];
  const ids = findings.map((finding) => finding.id).join(" ");
  useEffect(() => {
    leaveTrail(ids === "" ? [] : ids.split(" "));
  }, [ids]);
  const at = findings[focus];
  const choose = (id: string) => {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };
  const targets = chosen.size > 0 ? findings.filter((finding) => chosen.has(finding.id)) : at ? [at] : [];
  const fresh = targets.filter((finding) => finding.state === "new");
  const open = targets.filter((finding) => finding.state !== "closed");
  const acknowledge = () => {
    if (fresh.length > 0 && may("finding:acknowledge")) void deeds.acknowledge(fresh).then(well);
  };
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  useFindingsKeys({
    focus,
    last: findings.length - 1,
    onMove: (to) => {
      setFocus(Math.max(0, Math.min(findings.length - 1, to)));
    },
    onOpen: () => {
      if (at) void navigate({ to: "/findings/$id", params: { id: at.id } });
    },
    onSelect: () => {
      if (at) choose(at.id);
    },
    onAcknowledge: acknowledge,
    onMute: () => {
      if (open.length > 0 && may("finding:mute")) setAsking("mute");
    },
    onShow: refresh,
    onUnselect: () => {
      setChosen(new Set());
      setFocus(-1);
    },
    onClear: address.clear,
  });
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
      {assigning.told ? (
        <p className="ban acc" role="status">
          <Mark kind="closed" tone="c-ok" />
          {assigning.told}
        </p>
      ) : null}
      {deeds.error && asking === "" ? <ErrorBox error={deeds.error} /> : null}
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
        <BulkBar
          count={chosen.size}
          fresh={fresh.length}
          open={open.length}
          busy={busy}
          onMine={() => {
            void assigning.assign([...chosen], name);
          }}
          onAcknowledge={acknowledge}
          onAsk={setAsking}
        />
      ) : null}
      <AskMany
        asking={asking}
        count={open.length}
        busy={busy}
        error={deeds.error}
        onShut={() => {
          setAsking("");
        }}
        onMute={(reason, until) => {
          void deeds.mute(open, reason, until).then(well);
        }}
        onClose={(reason, verdict) => {
          void deeds.close(open, reason, verdict).then(well);
        }}
      />
    </>
  );
}
