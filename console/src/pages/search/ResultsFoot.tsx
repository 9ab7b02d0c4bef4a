// The foot of the results: what is chosen and what can be done with it, else where one is and the keys.
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { MOST_CHOSEN, type Selection } from "./selection";

interface ResultsFootProps {
  selection: Selection;
  row: number;
  loaded: number;
  count: number | undefined;
  more: boolean;
  loading: boolean;
  onMore: () => void;
  onEvidence: () => void;
}

function Chosen({ selection, onEvidence }: Pick<ResultsFootProps, "selection" | "onEvidence">) {
  const { say, number } = useWords();
  const { may } = useMe();
  const size = selection.chosen.size;
  return (
    <div className="bulk">
      <b>{say("findings.selected", { n: number(size) })}</b>
      <button type="button" className="btn sm" onClick={selection.unchoose}>
        {say("search.unselect")}
      </button>
      {may("evidence:export") ? (
        <button type="button" className="btn pri end" disabled={size > MOST_CHOSEN} onClick={onEvidence}>
          <Icon name="download" />
          {say("search.evidence.do", { n: number(size) })}
        </button>
      ) : null}
    </div>
  );
}

export function ResultsFoot({ selection, row, loaded, count, more, loading, onMore, onEvidence }: ResultsFootProps) {
  const { say, number } = useWords();
  if (selection.chosen.size > 0) return <Chosen selection={selection} onEvidence={onEvidence} />;
  return (
    <div className="foot row small dim">
      <span>{row >= 0 ? say("search.row", { n: number(row + 1), m: count === undefined ? "…" : number(count) }) : count === undefined ? "" : say("search.rows", { n: number(count) })}</span>
      {more ? (
        loading ? (
          <span className="faint">{say("search.more.loading")}</span>
        ) : (
          <button type="button" className="link small" onClick={onMore}>
            {say("search.more", { n: number(loaded) })}
          </button>
        )
      ) : null}
      <span className="end row keysline" aria-hidden="true">
        <span className="kbd">{"J"}</span>
        <span className="kbd">{"K"}</span>
        {say("search.foot.move")}
        <span className="kbd">{"+"}</span>
        <span className="kbd">{"-"}</span>
        {say("search.foot.value")}
        <span className="kbd">{"P"}</span>
        {say("search.foot.pivot")}
        <span className="kbd">{"?"}</span>
        {say("search.foot.keys")}
      </span>
    </div>
  );
}
