import { formatClock, formatTime } from "../../base/time";
import { readHealth, type SetAside } from "../../api/health";
import { useChange, useResource } from "../../api/resource";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Empty, ErrorBox, Shown } from "../../parts/States";

const NONE: readonly SetAside[] = [];

// Records that ended the program twice while they were worked on alone: kept, shown, tried again by hand.
export function AsideTab() {
  const { say, why, number } = useWords();
  const { may } = useMe();
  const reading = useResource("/api/v1/health");
  const sources = useResource("/api/v1/sources", { query: { limit: "1000" }, enabled: may("source:read") });
  const retry = useChange("post", "/api/v1/set-aside/retry");
  const names = new Map((sources.data?.items ?? []).map((source) => [source.id, source.name]));
  return (
    <>
      <p className="pad dim">{say("aside.note")}</p>
      {retry.error ? <ErrorBox error={retry.error} /> : null}
      {retry.isSuccess ? (
        <p className="ban acc" role="status">
          <Mark kind="acknowledged" />
          {say("aside.asked")}
        </p>
      ) : null}
      <Shown reading={reading}>
        {(raw) => {
          const records = readHealth(raw).setAside;
          return records.length === 0 ? (
            <Empty title={say("now.aside.ok")}>{say("checked", { time: formatClock(reading.dataUpdatedAt, true) })}</Empty>
          ) : (
            <DataTable
              name="aside"
              rows={records.length > 0 ? records : NONE}
              keyOf={(record) => String(record.position)}
              columns={[
                { id: "position", title: say("aside.position"), number: true, value: (record) => record.position, show: (record) => number(record.position) },
                { id: "when", title: say("audit.time"), value: (record) => record.when, show: (record) => <span className="nw">{record.when ? formatTime(record.when) : ""}</span> },
                {
                  id: "source",
                  title: say("sources.name"),
                  value: (record) => names.get(record.source) ?? record.source,
                  show: (record) => <Hostile text={names.get(record.source) ?? record.source} />,
                },
                { id: "reason", title: say("aside.reason"), value: (record) => why(record.reason), show: (record) => <Hostile text={why(record.reason)} /> },
                {
                  id: "do",
                  title: say("col.next"),
                  fixed: true,
                  value: () => "",
                  show: (record) =>
                    may("record:retry") ? (
                      <button
                        type="button"
                        className="btn sm"
                        disabled={retry.isPending}
                        onClick={() => {
                          retry.mutate({ body: { position: record.position } });
                        }}
                      >
                        {say("aside.retry")}
                      </button>
                    ) : null,
                },
              ]}
            />
          );
        }}
      </Shown>
    </>
  );
}
