// The account of a list: read = accepted + duplicate + rejected, as a sentence and as a bar that adds up.
import type { ListCounts } from "../../api/types";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

export function AccountSentence({ counts }: { counts: ListCounts }) {
  const { say, number } = useWords();
  return (
    <>
      <b>{say("lists.n.read", { n: number(counts.read) })}</b>
      <span className="dim">{"="}</span>
      <span className="state">
        <Mark kind="closed" tone="c-ok" />
        <b>{number(counts.accepted)}</b> {say("lists.accepted")}
      </span>
      {counts.records === counts.accepted ? null : <span className="faint small">{say("lists.records", { n: number(counts.records) })}</span>}
      <span className="dim">{"+"}</span>
      <span className="state">
        <Mark kind="not" />
        <b>{number(counts.duplicate)}</b> {say("lists.duplicate")}
      </span>
      <span className="dim">{"+"}</span>
      <span className={counts.rejected > 0 ? "state c-critical" : "state"}>
        <Mark kind="refused" tone={counts.rejected > 0 ? "c-critical" : ""} />
        <b>{number(counts.rejected)}</b> {say("lists.rejected")}
      </span>
    </>
  );
}

// `rejected`: where the rejected rows are fetched, with their reasons.
export function Account({ counts, rejected }: { counts: ListCounts; rejected: string }) {
  const { say, number } = useWords();
  return (
    <div className="account" data-testid="account">
      <div className="row">
        <AccountSentence counts={counts} />
        {counts.rejected > 0 ? (
          <a className="end small" href={rejected} download>
            {say("lists.rejected.get", { n: number(counts.rejected) })}
          </a>
        ) : null}
      </div>
      <div className="acct" aria-hidden="true">
        <i className="ok" style={{ flexGrow: counts.accepted }} />
        <i style={{ flexGrow: counts.duplicate }} />
        <i className="bad" style={{ flexGrow: counts.rejected }} />
      </div>
    </div>
  );
}
