// The search page: query line, counts by time, fields, what was found, and the open event.
import { useCallback, useMemo, useRef, useState } from "react";
import { exactly, soughtIn, withCondition } from "../../base/query_text";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";
import { useSearchAddress } from "./address";
import { toggled } from "./columns";
import { Counts } from "./Counts";
import { DetailRail } from "./DetailRail";
import { EvidenceDialog } from "./EvidenceDialog";
import { ExportDialog } from "./ExportDialog";
import { FieldsColumn } from "./FieldsColumn";
import { FoundBody } from "./FoundBody";
import { useSearchKeys } from "./keys";
import { Lacking, lackingOf } from "./Lacking";
import { NOWHERE, useMoves } from "./moves";
import { useGaps } from "../../parts/observed";
import { ResultsFoot } from "./ResultsFoot";
import { SaveDialog } from "./Saving";
import { SearchHead } from "./SearchHead";
import { useSelection } from "./selection";
import { useShownFields } from "./shown_fields";
import { useTold } from "./told";
import { useSearch } from "./useSearch";
import "./search.css";

export function Page() {
  const { say } = useWords();
  const { names: organisations } = useOrganisations();
  const address = useSearchAddress();
  const { q, range, part, go, again } = address;
  const [masked, setMasked] = useState(true);
  const search = useSearch(address, masked);
  const [draft, setDraft] = useState(q);
  const [base, setBase] = useState(q);
  const [dialog, setDialog] = useState<"save" | "export" | "evidence" | null>(null);
  const [told, setTold] = useTold();
  const [drawer, setDrawer] = useState(false);
  const field = useRef<HTMLInputElement | null>(null);
  const { gaps, names: sources } = useGaps(range);
  const events = useMemo(() => search.found.data ?? [], [search.found.data]);
  const fields = useMemo(() => search.fields.data?.items ?? [], [search.fields.data]);
  const { columns, ordered, types, open, toggle } = useShownFields(events, fields, address.columns);
  const sought = useMemo(() => soughtIn(q), [q]);
  const openEvent = (id: string) => {
    go({ event: id }, true);
  };
  const moves = useMoves(events, columns, address.event, openEvent);
  const selection = useSelection(events);
  // The address changed by itself (back, a saved search): the line follows.
  if (base !== q) {
    setBase(q);
    setDraft(q);
    moves.setPlace(NOWHERE);
  }
  const runText = (text: string) => {
    setDraft(text);
    if (text.trim() !== q) {
      selection.unchoose();
      go({ q: text.trim() });
    }
    again();
  };
  const onValue = (name: string, value: string, negated: boolean) => {
    runText(withCondition(draft, exactly(name, value), negated));
  };
  const onPivot = (name: string, value: string) => {
    runText(exactly(name, value));
    go({ q: exactly(name, value), event: "" });
  };
  const setColumns = (next: readonly string[]) => {
    go({ columns: next.join(",") }, true);
  };
  const onColumn = (name: string) => {
    setColumns(toggled(columns, name));
  };
  const clear = () => {
    setDraft("");
    go({ q: "", within: "" });
    again();
  };
  const { fetchNextPage } = search.found;
  const more = useCallback(() => {
    void fetchNextPage();
  }, [fetchNextPage]);
  const toggleDrawer = () => {
    setDrawer(!drawer);
  };
  const copy = (text: string, done: string, refused: string) => {
    navigator.clipboard.writeText(text).then(
      () => {
        setTold(done);
      },
      () => {
        setTold(refused);
      },
    );
  };
  useSearchKeys({
    moves,
    selection,
    onLine: () => {
      field.current?.focus();
      field.current?.select();
    },
    onOpen: openEvent,
    onValue,
    onPivot,
    onCopy: (value) => {
      copy(value, say("do.copied"), "");
    },
    onAgain: again,
    onFields: toggleDrawer,
    onEscape: () => {
      if (search.busy) search.stop();
      else if (drawer) setDrawer(false);
      else if (address.event) go({ event: "" }, true);
      else if (selection.chosen.size > 0) selection.unchoose();
      else if (part) go({ within: "" });
    },
    onClear: clear,
  });
  const count = search.count.data?.count;
  const unasked = search.found.error?.details["offset"] !== undefined; // the line shows what is wrong with it
  const shut = () => {
    setDialog(null);
  };
  return (
    <div className={`searchpage ${address.event ? "withdetail" : ""} ${drawer ? "withfields" : ""}`}>
      <SearchHead
        address={address}
        search={search}
        draft={draft}
        field={field}
        sources={sources}
        masked={masked}
        told={told}
        onDraft={setDraft}
        onRun={runText}
        onMasked={setMasked}
        onClear={clear}
        onSave={() => {
          setDialog("save");
        }}
        onExport={() => {
          setDialog("export");
        }}
        onShare={() => {
          copy(address.shared(), say("search.shared"), say("search.shared.not"));
        }}
      />
      <div className="searchcols">
        <FieldsColumn search={search} run={address.run} unasked={unasked} fields={ordered} open={open} columns={columns} onValue={onValue} onColumn={onColumn} onOpen={toggle} onShut={toggleDrawer} />
        <div className="found">
          <Counts address={address} search={search} unasked={unasked} gaps={gaps} fieldsOpen={drawer} onFields={toggleDrawer} />
          <Lacking lacking={lackingOf(search.count.data?.incomplete, search.fields.data?.incomplete)} />
          <FoundBody
            address={address}
            search={search}
            unasked={unasked}
            events={events}
            columns={columns}
            types={types}
            sought={sought}
            moves={moves}
            selection={selection}
            onMore={more}
            onOpen={openEvent}
            onColumns={setColumns}
            onValue={onValue}
            onEverything={clear}
          />
          <ResultsFoot
            selection={selection}
            row={moves.place.row}
            loaded={events.length}
            count={count}
            more={search.found.hasNextPage}
            loading={search.found.isFetching}
            onMore={more}
            onEvidence={() => {
              setDialog("evidence");
            }}
          />
        </div>
        {address.event ? (
          <DetailRail
            id={address.event}
            events={events}
            types={types}
            sought={sought}
            columns={columns}
            organisations={organisations}
            onValue={onValue}
            onPivot={onPivot}
            onColumn={onColumn}
            onOpen={(event) => {
              openEvent(event.id);
            }}
            onClose={() => {
              go({ event: "" }, true);
            }}
          />
        ) : null}
      </div>
      {dialog === "save" ? <SaveDialog q={q} range={`${address.from}/${address.to}`} onClose={shut} /> : null}
      {dialog === "export" ? <ExportDialog question={search.question} count={count} onClose={shut} /> : null}
      {dialog === "evidence" ? <EvidenceDialog ids={[...selection.chosen]} onClose={shut} /> : null}
    </div>
  );
}
