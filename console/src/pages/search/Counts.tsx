// How many events there are and when: the number, what waits, and the bars, which grow while the search runs.
import { writeWithin, formatRange, type Span } from "../../base/range";
import { formatClock, formatTime } from "../../base/time";
import { Histogram } from "../../parts/Histogram";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";
import type { SearchAddress } from "./address";
import type { Search } from "./useSearch";

interface CountsProps {
  address: SearchAddress;
  search: Search;
  unasked: boolean;
  gaps: readonly Span[];
  fieldsOpen: boolean;
  onFields: () => void;
}

// The number of events, or the least that there are as far as one knows.
function Total({ search }: { search: Search }) {
  const { say, number } = useWords();
  const count = search.count.data?.count;
  const least = Math.max(search.found.data?.length ?? 0, search.atLeast);
  const growing = search.count.isFetching ? (least > 0 ? say("search.least", { n: number(least) }) : say("search.counting")) : "";
  return (
    <b className="total" data-testid="total" role={search.count.isFetching ? undefined : "status"}>
      {count !== undefined ? say("search.count", { n: number(count) }) : search.stopped ? say("search.least", { n: number(least) }) : growing}
    </b>
  );
}

export function Counts({ address, search, unasked, gaps, fieldsOpen, onFields }: CountsProps) {
  const { say, number } = useWords();
  const { range, part, go, again } = address;
  const partial = search.partial;
  return (
    <section className="sec counts">
      <div className="row small">
        <Total search={search} />
        <span className="dim">
          {formatRange(part ?? range, address.anchor)}
          {part ? ` · ${say("search.chosen.part")}` : ""}
          {search.found.dataUpdatedAt > 0 ? ` · ${say("search.asked", { time: formatClock(search.found.dataUpdatedAt, true) })}` : ""}
        </span>
        {search.scanned !== undefined ? (
          <span className="dim nw" data-testid="scanned">
            {say("search.scanned", { n: number(Math.floor(search.scanned * 100)) })}
          </span>
        ) : null}
        {search.waitingEvents > 0 ? (
          <button type="button" className="btn sm c-acc" onClick={again}>
            <Icon name="up" />
            {say("search.new", { n: number(search.waitingEvents) })}
            <span className="kbd">{"."}</span>
          </button>
        ) : null}
        <button type="button" className="btn sm fieldsbutton" aria-expanded={fieldsOpen} onClick={onFields}>
          <Icon name="filter" />
          {say("search.fields")}
        </button>
        {gaps.length > 0 ? (
          <span className="end dim gap" title={say("search.gap.why")}>
            <i aria-hidden="true" />
            {say("search.gap", { from: formatClock(gaps.at(-1)?.from ?? 0), to: formatClock(gaps.at(-1)?.to ?? 0) })}
          </span>
        ) : null}
      </div>
      {partial ? (
        <p className="state small c-unk partial" role="status" data-testid="partial">
          <Mark kind="unknown" tone="c-unk" />
          {say("search.partial", { n: number(Math.floor(partial.scanned * 100)), time: formatTime(partial.from) })}
        </p>
      ) : null}
      {search.histogram.error && !unasked ? (
        <ErrorBox
          error={search.histogram.error}
          retry={() => {
            void search.histogram.refetch();
          }}
        />
      ) : null}
      <Histogram
        buckets={search.buckets}
        step={search.step}
        range={range}
        part={part}
        gaps={partial && partial.from > range.from ? [...gaps, { from: range.from, to: partial.from }] : gaps}
        onWidth={search.setWidth}
        onChoose={(next) => {
          go({ within: next ? writeWithin(next) : "" });
        }}
        onZoom={(next) => {
          go({ from: new Date(next.from).toISOString(), to: new Date(next.to).toISOString() });
        }}
      />
    </section>
  );
}
