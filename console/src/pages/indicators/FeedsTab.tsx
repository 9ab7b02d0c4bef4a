// The feeds and how each is doing; those that are held stand first.
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { Feed } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { AddFeedDialog, ReleaseDialog, RemoveFeedDialog } from "./FeedDialogs";

const MARKS = { waiting: ["new", ""], fine: ["closed", "c-ok"], failing: ["refused", "c-critical"], held: ["unknown", "c-unk"] } as const;

type Open = { what: "add" } | { what: "remove" | "release"; feed: Feed } | null;

export function FeedsTab() {
  const { say, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/feeds");
  const pull = useChange("post", "/api/v1/feeds/pull");
  const [open, setOpen] = useState<Open>(null);
  const close = () => {
    setOpen(null);
  };
  const state = (feed: Feed) => say(`feed.state.${feed.state}`);
  return (
    <>
      {may("feed:write") ? (
        <div className="pad">
          <button
            type="button"
            className="btn pri"
            onClick={() => {
              setOpen({ what: "add" });
            }}
          >
            <Icon name="plus" />
            {say("feed.add")}
          </button>
        </div>
      ) : null}
      {pull.error ? <ErrorBox error={pull.error} /> : null}
      <Shown reading={list}>
        {(feeds) => (
          <DataTable
            name="feeds"
            rows={[...feeds.filter((feed) => feed.state === "held"), ...feeds.filter((feed) => feed.state !== "held")]}
            keyOf={(feed) => feed.name}
            partly={list.hasNextPage}
            empty={say("feed.none")}
            columns={[
              {
                id: "name",
                title: say("intel.list"),
                value: (feed) => `${feed.name} ${feed.url} ${feed.organisation}`,
                show: (feed) => (
                  <div>
                    <b>
                      <Hostile text={feed.name} />
                    </b>
                    <div className="s small">
                      <Hostile text={feed.organisation ? `${feed.organisation} · ${feed.url}` : feed.url} />
                    </div>
                  </div>
                ),
              },
              {
                id: "state",
                title: say("intel.state"),
                value: state,
                show: (feed) => (
                  <span className="state" style={{ whiteSpace: "normal" }}>
                    <Mark kind={MARKS[feed.state][0]} tone={MARKS[feed.state][1]} />
                    <span>
                      {state(feed)}
                      {feed.last_error ? (
                        <span className="small faint">
                          {" · "}
                          <Hostile text={feed.last_error} />
                        </span>
                      ) : null}
                    </span>
                  </span>
                ),
              },
              { id: "entries", title: say("intel.values"), number: true, value: (feed) => feed.entries, show: (feed) => number(feed.entries) },
              { id: "refused", title: say("feed.refused"), number: true, value: (feed) => feed.refused, show: (feed) => number(feed.refused) },
              {
                id: "success",
                title: say("feed.success"),
                value: (feed) => feed.last_success ?? "",
                show: (feed) => <span className="nw">{feed.last_success ? formatTime(feed.last_success) : "–"}</span>,
              },
              { id: "next", title: say("feed.next"), value: (feed) => feed.next, show: (feed) => <span className="nw">{formatTime(feed.next)}</span> },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (feed) => (
                  <span className="row nw">
                    {feed.state === "held" && may("feed:release") ? (
                      <button
                        type="button"
                        className="btn sm pri"
                        aria-label={`${say("feed.look")}: ${feed.name}`}
                        onClick={() => {
                          setOpen({ what: "release", feed });
                        }}
                      >
                        {say("feed.look")}
                      </button>
                    ) : null}
                    {may("feed:write") ? (
                      <>
                        <button
                          type="button"
                          className="btn sm"
                          disabled={pull.isPending}
                          aria-label={`${say("feed.pull")}: ${feed.name}`}
                          onClick={() => {
                            pull.mutate({ body: { name: feed.name } });
                          }}
                        >
                          {say("feed.pull")}
                        </button>
                        <button
                          type="button"
                          className="btn sm"
                          aria-label={`${say("feed.remove")}: ${feed.name}`}
                          onClick={() => {
                            setOpen({ what: "remove", feed });
                          }}
                        >
                          {say("feed.remove")}
                        </button>
                      </>
                    ) : null}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
      {open?.what === "add" ? <AddFeedDialog onClose={close} /> : null}
      {open?.what === "remove" ? <RemoveFeedDialog feed={open.feed} onClose={close} /> : null}
      {open?.what === "release" ? <ReleaseDialog feed={open.feed} onClose={close} /> : null}
    </>
  );
}
