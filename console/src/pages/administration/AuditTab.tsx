import { shortId } from "../../base/text";
import { textOfValue } from "../../base/hostile";
import { formatClock, formatTime } from "../../base/time";
import { useList, useResource } from "../../api/resource";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";

function Verify() {
  const { say, number } = useWords();
  const reading = useResource("/api/v1/audit/verification", { enabled: false });
  const result = reading.data;
  return (
    <div className="pad row">
      <button
        type="button"
        className="btn pri"
        disabled={reading.isFetching}
        onClick={() => {
          void reading.refetch();
        }}
      >
        {say("audit.verify")}
      </button>
      {reading.error ? <ErrorBox error={reading.error} /> : null}
      {result ? (
        <span className="state" role="status" style={{ whiteSpace: "normal" }}>
          <Mark kind={result.good ? "closed" : "refused"} tone={result.good ? "c-ok" : "c-critical"} />
          {result.good
            ? say("audit.good", { n: number(result.lines), time: formatClock(reading.dataUpdatedAt, true) })
            : say("audit.bad", { n: number(result.first_wrong ?? 0), why: result.reason ?? "" })}{" "}
          <span className="mono small faint">
            {result.head.slice(0, 16)}
            {"…"}
          </span>
        </span>
      ) : null}
    </div>
  );
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

export function AuditTab() {
  const { say, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/audit");
  return (
    <>
      {may("audit:verify") ? <Verify /> : null}
      <Shown reading={list} rows={10}>
        {(lines) => (
          <DataTable
            name="audit"
            rows={lines}
            keyOf={(line) => String(line.number)}
            partly={list.hasNextPage}
            columns={[
              { id: "number", title: say("audit.number"), number: true, value: (line) => line.number, show: (line) => number(line.number) },
              { id: "time", title: say("audit.time"), value: (line) => line.time, show: (line) => <span className="nw">{formatTime(line.time)}</span> },
              {
                id: "actor",
                title: say("audit.actor"),
                value: (line) => line.actor,
                show: (line) => (
                  <span className="nw">
                    <Hostile text={line.actor} />
                  </span>
                ),
              },
              {
                id: "action",
                title: say("audit.action"),
                value: (line) => line.action,
                show: (line) => (
                  <span className="mono nw">
                    <Hostile text={line.action} />
                  </span>
                ),
              },
              {
                id: "object",
                title: say("audit.object"),
                value: (line) => line.object,
                show: (line) => (
                  <span className="mono small nw" title={line.object}>
                    <Hostile text={line.object.replace(UUID, shortId)} />
                  </span>
                ),
              },
              {
                id: "details",
                title: say("audit.details"),
                value: (line) => textOfValue(line.details),
                show: (line) => (
                  <div className="mono small clamp">
                    <Hostile text={textOfValue(line.details)} />
                  </div>
                ),
              },
              {
                id: "hash",
                title: say("audit.hash"),
                hidden: true,
                value: (line) => line.hash,
                show: (line) => (
                  <span className="mono small nw">
                    {line.hash.slice(0, 16)}
                    {"…"}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
    </>
  );
}
