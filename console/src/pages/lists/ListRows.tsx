// The rows of a list of one answer: ours by organisation, of nobody, in conflict, in a gap.
import { Link } from "@tanstack/react-router";
import { useList } from "../../api/resource";
import { formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { Belonging } from "./Attributed";

export function ListRows({ id, kind, of }: { id: string; kind: string; of: string }) {
  const { say, number } = useWords();
  const list = useList("/api/v1/lists/{id}/rows", { id, query: { kind, ...(of ? { organisation: of } : {}) } });
  return (
    <>
      <Shown reading={list}>
        {(rows) => (
          <DataTable
            name="list-rows"
            rows={rows}
            keyOf={(row) => String(row.number)}
            partly={list.hasNextPage}
            empty={say("lists.rows.none")}
            columns={[
              {
                id: "subject",
                title: say("lists.role.victim"),
                value: (row) => row.subject,
                show: (row) => (
                  <>
                    <span className="mono">
                      <Hostile text={row.subject} />
                      {row.port === undefined ? null : <span className="faint">{`:${String(row.port)}`}</span>}
                    </span>
                    {row.seen ? <div className="s small nw">{formatTime(row.seen)}</div> : null}
                  </>
                ),
              },
              {
                id: "whose",
                title: say("lists.whose"),
                value: (row) => row.organisation?.name ?? row.kind,
                show: (row) => (
                  <>
                    {row.organisation ? (
                      <b>
                        <Hostile text={row.organisation.name} />
                      </b>
                    ) : (
                      <Belonging kind={row.kind} />
                    )}
                    <div className="s small">
                      {row.system ? <Hostile text={row.system} /> : null}
                      {row.level ? ` · ${say("lists.level", { n: number(row.level) })}` : null}
                      {row.fact > 0 ? (
                        <>
                          {" "}
                          <Link
                            to="/directory"
                            search={{
                              address: row.subject,
                              ...(row.port === undefined ? {} : { port: String(row.port) }),
                              ...(row.seen ? { time: new Date(Date.parse(row.seen) + 7 * 3_600_000).toISOString().slice(0, 19) } : {}),
                            }}
                          >
                            {say("lists.why")}
                          </Link>
                        </>
                      ) : null}
                    </div>
                  </>
                ),
              },
              { id: "family", title: say("lists.role.family"), value: (row) => row.family, show: (row) => <Hostile text={row.family} /> },
              {
                id: "c2",
                title: say("lists.role.c2"),
                value: (row) => row.c2 ?? "",
                show: (row) => (
                  <span className="mono">
                    <Hostile text={row.c2 ?? ""} />
                  </span>
                ),
              },
              { id: "unit", title: say("lists.said"), value: (row) => row.unit ?? "", show: (row) => <Hostile text={row.unit ?? ""} />, hidden: true },
              { id: "line", title: say("lists.line"), number: true, value: (row) => row.line, show: (row) => number(row.line) },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
    </>
  );
}
