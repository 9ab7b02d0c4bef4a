// What was found: the table, or why there is none; a search that was stopped says so.
import type { Found } from "../../api/search";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox, Loading } from "../../parts/States";
import type { SearchAddress } from "./address";
import { reachOf } from "./columns";
import { NOWHERE, type Moves } from "./moves";
import { NothingFound } from "./NothingFound";
import { Results } from "./Results";
import type { Selection } from "./selection";
import type { Search } from "./useSearch";

interface FoundBodyProps {
  address: SearchAddress;
  search: Search;
  unasked: boolean; // the line shows what is wrong with it
  events: readonly Found[];
  columns: readonly string[];
  types: ReadonlyMap<string, string>;
  sought: readonly { field: string; value: string }[];
  moves: Moves;
  selection: Selection;
  onMore: () => void;
  onOpen: (id: string) => void;
  onColumns: (columns: readonly string[]) => void;
  onValue: (field: string, value: string, negated: boolean) => void;
  onEverything: () => void;
}

export function FoundBody({ address, search, unasked, events, columns, types, sought, moves, selection, onMore, onOpen, onColumns, onValue, onEverything }: FoundBodyProps) {
  const { say } = useWords();
  const { q, range, part, go, again } = address;
  const span = part ?? range;
  return (
    <>
      {search.found.error && !unasked ? (
        <ErrorBox
          error={search.found.error}
          retry={() => {
            void search.found.refetch();
          }}
        />
      ) : null}
      {search.stopped ? (
        <p className="ban high" role="status">
          <Mark kind="unknown" tone="c-high" />
          {say("search.stopped.note")}
          <button type="button" className="btn sm end" onClick={again}>
            {say("do.retry")}
          </button>
        </p>
      ) : null}
      {search.found.data === undefined ? (
        search.found.isFetching ? (
          <Loading rows={12} />
        ) : null
      ) : events.length === 0 ? (
        <NothingFound
          q={q}
          span={span}
          from={address.from}
          to={address.to}
          now={address.anchor}
          searched={search.found.dataUpdatedAt}
          onWider={(from) => {
            go({ from, to: "" });
            again();
          }}
          onEverything={onEverything}
        />
      ) : (
        <Results
          events={events}
          total={search.count.data?.count}
          columns={columns}
          types={types}
          sought={sought}
          order={address.order}
          reach={reachOf(span.from, span.to - 1)}
          place={moves.place}
          open={address.event}
          chosen={selection.chosen}
          more={search.found.hasNextPage}
          loading={search.found.isFetching}
          onMore={onMore}
          onPlace={moves.setPlace}
          onOpen={(event) => {
            onOpen(event.id);
          }}
          onChoose={selection.choose}
          onChooseAll={selection.chooseAll}
          onColumns={onColumns}
          onOrder={(sort) => {
            moves.setPlace(NOWHERE);
            go({ sort: sort === "newest" ? "" : sort }, true);
          }}
          onValue={onValue}
        />
      )}
    </>
  );
}
