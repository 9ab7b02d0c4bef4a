import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { formatClock, formatTime } from "../../base/time";
import { useList } from "../../api/resource";
import { silentFor, type Source } from "../../api/types";
import { AddSourceForm, type MadeSource } from "../../parts/AddSource";
import { useNow } from "../../parts/clock";
import { DataTable, type Column } from "../../parts/DataTable";
import { Dialog } from "../../parts/Dialog";
import { FirstEvent } from "../../parts/FirstEvent";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { usePageKeys } from "../../parts/page_keys";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe, useOrganisations } from "../../parts/session";
import { SetUp } from "../../parts/SetUp";
import { Shown } from "../../parts/States";
import { useActivity, WatchRibbon, type Activity } from "../../parts/WatchRibbon";
import { LastReceived, LagOf, Spark, uncountedOf } from "./cells";

function AddSource({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [made, setMade] = useState<MadeSource | null>(null);
  if (!made)
    return (
      <Dialog title={say("sources.add")} onClose={onClose}>
        <AddSourceForm onMade={setMade} />
        <footer>
          <button type="button" className="btn end" onClick={onClose}>
            {say("do.cancel")}
          </button>
        </footer>
      </Dialog>
    );
  return (
    <Dialog wide title={<Hostile text={say("sources.ready", { name: made.name })} />} onClose={onClose}>
      <SetUp token={made.token} />
      <FirstEvent id={made.id} />
      <footer>
        <button type="button" className="btn pri end" onClick={onClose}>
          {say("do.done")}
        </button>
      </footer>
    </Dialog>
  );
}

function useColumns(now: number, activity: Activity | undefined): Column<Source>[] {
  const { say, number } = useWords();
  const { names } = useOrganisations();
  const odd = (value: number) => <span className={value > 0 ? "c-unk" : "faint"}>{number(value)}</span>;
  const counts = new Map((activity?.items ?? []).map((item) => [item.source, item.counts]));
  return [
    {
      id: "name",
      title: say("sources.name"),
      value: (source) => source.name,
      show: (source) => (
        <Link to="/sources/$id" params={{ id: source.id }}>
          <b>
            <Hostile text={source.name} />
          </b>
        </Link>
      ),
    },
    { id: "whose", title: say("col.whose"), value: (source) => names.get(source.organisation) ?? "", show: (source) => <Hostile text={names.get(source.organisation) ?? ""} /> },
    {
      id: "format",
      title: say("sources.format"),
      value: (source) => source.format,
      show: (source) =>
        source.format ? (
          <span className="mono">
            <Hostile text={source.format} />
          </span>
        ) : (
          <span className="faint">{say("sources.auto")}</span>
        ),
    },
    {
      id: "rate",
      title: say("sources.rate"),
      value: (source) => (counts.get(source.id) ?? []).reduce((sum, count) => sum + count, 0),
      show: (source) => <Spark counts={counts.get(source.id) ?? []} uncounted={activity ? uncountedOf({ ...activity, slots: counts.get(source.id)?.length ?? 0 }) : 0} />,
    },
    { id: "accepted", title: say("sources.accepted"), number: true, value: (source) => source.counters.accepted, show: (source) => number(source.counters.accepted) },
    { id: "received", title: say("sources.received"), number: true, hidden: true, value: (source) => source.counters.received, show: (source) => number(source.counters.received) },
    { id: "refused", title: say("sources.refused"), number: true, value: (source) => source.counters.refused, show: (source) => odd(source.counters.refused) },
    { id: "unparsed", title: say("sources.unparsed"), number: true, value: (source) => source.counters.unparsed, show: (source) => odd(source.counters.unparsed) },
    { id: "late", title: say("sources.late"), number: true, value: (source) => source.counters.late, show: (source) => odd(source.counters.late) },
    {
      id: "lag",
      title: say("sources.lag"),
      number: true,
      value: (source) => (source.newest && source.last_received ? new Date(source.last_received).getTime() - new Date(source.newest).getTime() : 0),
      show: (source) => <LagOf source={source} />,
    },
    { id: "last", title: say("sources.last"), value: (source) => source.last_received ?? "", show: (source) => <LastReceived source={source} now={now} /> },
    { id: "ended", title: say("sources.endedat"), hidden: true, value: (source) => source.ended ?? "", show: (source) => (source.ended ? formatTime(source.ended) : "") },
  ];
}

export function Page() {
  const { say, number } = useWords();
  const { may } = useMe();
  const now = useNow();
  const { scoped } = useScope();
  const list = useList("/api/v1/sources", { query: scoped });
  const activity = useActivity();
  const [adding, setAdding] = useState(false);
  const [ended, setEnded] = useState(false);
  const columns = useColumns(now, activity.data);
  const mayAdd = may("source:write") && may("token:write");
  usePageKeys([
    {
      keys: ["u", "."],
      shown: "U",
      words: "keys.refresh",
      action: () => {
        void list.refetch();
        void activity.refetch();
      },
    },
    ...(mayAdd
      ? [
          {
            keys: ["n"],
            shown: "N",
            words: "keys.add",
            action: () => {
              setAdding(true);
            },
          } as const,
        ]
      : []),
  ]);
  const all = list.data ?? [];
  const live = all.filter((source) => source.ended === null);
  const heard = live.filter((source) => source.last_received !== null && silentFor(source, now) === 0).length;
  return (
    <>
      <div className="head row">
        <h1>{say("page.sources")}</h1>
        <span className="dim">
          {say("now.heard", { n: number(heard), m: number(live.length) })}
          {" · "}
          {say("checked", { time: formatClock(list.dataUpdatedAt, true) })}
        </span>
        {mayAdd ? (
          <button
            type="button"
            className="btn pri end"
            onClick={() => {
              setAdding(true);
            }}
          >
            <Icon name="plus" />
            {say("sources.add")}
          </button>
        ) : null}
      </div>
      {activity.data && live.length > 0 ? (
        <div className="pad watchhead">
          <h2>
            {say("now.watch")} <span className="faint small">{say("now.day")}</span>
          </h2>
          <WatchRibbon activity={activity.data} />
        </div>
      ) : null}
      <Shown reading={list}>
        {(sources) =>
          sources.length === 0 ? (
            <div className="pad">
              <p>{say("sources.none")}</p>
              {mayAdd ? null : <p className="dim">{say("sources.askadd")}</p>}
            </div>
          ) : (
            <DataTable
              name="sources"
              rows={ended ? sources : live}
              columns={columns}
              keyOf={(source) => source.id}
              partly={list.hasNextPage}
              empty={say("sources.none")}
              tools={
                all.length > live.length ? (
                  <label className="row small">
                    <input
                      type="checkbox"
                      checked={ended}
                      onChange={(event) => {
                        setEnded(event.target.checked);
                      }}
                    />
                    {say("sources.withended", { n: number(all.length - live.length) })}
                  </label>
                ) : null
              }
            />
          )
        }
      </Shown>
      <MoreRows list={list} />
      {adding ? (
        <AddSource
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}
