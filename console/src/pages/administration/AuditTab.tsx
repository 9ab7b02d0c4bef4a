import { textOfValue } from "../../base/hostile";
import { formatClock, formatTime } from "../../base/time";
import { useList, useResource } from "../../api/resource";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";

function Verify() {
  const { say, number } = useWords();
  const reading = useResource("/api/v1/audit/verification", { enabled: false });
  const result = reading.data;
  return (
    <div className="pad row">
      <button type="button" className="btn pri" disabled={reading.isFetching} onClick={() => { void reading.refetch(); }}>{say("audit.verify")}</button>
      {reading.error ? <ErrorBox error={reading.error} /> : null}
      {result ? <span className="state" role="status" style={{ whiteSpace: "normal" }}><Mark kind={result.good ? "closed" : "refused"} tone={result.good ? "c-ok" : "c-critical"} />{result.good ? say("audit.good", { n: number(result.lines), time: formatClock(reading.dataUpdatedAt, true) }) : say("audit.bad", { n: number(result.first_wrong ?? 0), why: result.reason ?? "" })}{" "}<span className="mono small faint">{result.head.slice(0, 16)}{"…"}</span></span> : null}
    </div>
  );
}

export function AuditTab() {
  const { say, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/audit");
  return (
    <>
      {may("audit:verify") ? <Verify /> : null}
      <Shown reading={list} rows={10}>
        {(lines) => (
          <div className="scrollx" tabIndex={0}><table className="tbl flush">
            <thead><tr><th className="num">{say("audit.number")}</th><th>{say("audit.time")}</th><th>{say("audit.actor")}</th><th>{say("audit.action")}</th><th>{say("audit.object")}</th><th>{say("audit.details")}</th></tr></thead>
            <tbody>{lines.map((line) => (
              <tr key={line.number}><td className="num">{number(line.number)}</td><td className="nw">{formatTime(line.time)}</td><td className="nw"><Hostile text={line.actor} /></td><td className="mono nw"><Hostile text={line.action} /></td><td className="mono small"><Hostile text={line.object} /></td><td className="mono small"><div className="clamp"><Hostile text={textOfValue(line.details)} /></div></td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Shown>
      {list.hasNextPage ? <div className="pad"><button type="button" className="btn" disabled={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage(); }}>{say("do.more")}</button></div> : null}
    </>
  );
}
