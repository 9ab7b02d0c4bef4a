// What was done, with its undo and the time left for it: a line at the foot of the page that stays until one leaves it.
import { Icon, Mark } from "./Icon";
import { useWords } from "./preferences";
import { forgetUndo, undoLast, useLeft, useOffered, type Undo } from "./undo";

function Button({ undo, busy }: { undo: Undo; busy: boolean }) {
  const { say, span } = useWords();
  const left = useLeft(undo.until);
  if (left === 0) return <span className="dim">{say("undo.over")}</span>;
  return (
    <>
      <button
        type="button"
        className="btn sm"
        disabled={busy}
        aria-keyshortcuts="Z"
        onClick={() => {
          void undoLast();
        }}
      >
        <Icon name="undo" />
        {say("undo.do")}
      </button>
      <span className="dim nw" aria-hidden="true">
        {say("undo.left", { time: span(left) })}
      </span>
    </>
  );
}

export function UndoLine() {
  const words = useWords();
  const { say } = words;
  const offered = useOffered();
  return (
    <div className="undoline" role="status" data-testid="undo" hidden={offered === null}>
      {offered ? (
        <>
          <Mark kind={offered.state === "undone" ? "new" : "closed"} tone={offered.state === "undone" ? "" : "c-ok"} />
          <span>{(offered.state === "undone" ? offered.told : offered.undo.words)(words)}</span>
          {offered.state === "undone" ? null : <Button undo={offered.undo} busy={offered.state === "running"} />}
          <button type="button" className="btn sm bare end" aria-label={say("do.shut")} title={say("do.shut")} onClick={forgetUndo}>
            <Icon name="close" />
          </button>
        </>
      ) : null}
    </div>
  );
}
