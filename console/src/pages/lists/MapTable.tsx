// The rows as they stand in the file, what was read of them below where it differs, and above each column what it means. Only the
// rows in sight are drawn; those shown are the first, and all counts are of all rows.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { ListColumn, ListReading, ListRowView } from "../../api/types";
import type { ListRole } from "../../base/list_choices";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useReads } from "./parts";
import { isRole, RolePick, roleTone, useRoleWords } from "./roles";

const LINE_PX = 32;
const MOST_SHORT = 24; // characters of a cell that is not broken: times, addresses, ports
const MONO: readonly string[] = ["victim", "victim-port", "c2", "c2-port", "destination", "destination-port", "seen", "first-seen", "hostname", "asn"];

const isAsked = (reading: ListReading, column: ListColumn) => reading.questions.some(({ about }) => about === `column:${column.header}` || about === `column:${column.key}`);

function Head({ column, asked, onRole }: { column: ListColumn; asked: boolean; onRole: (key: string, role: ListRole) => void }) {
  const { say, number } = useWords();
  const words = useRoleWords();
  const { addresses = 0, times = 0, filled = 0 } = column;
  const why = asked
    ? column.suggestion
      ? say("lists.suggested", { what: words(column.suggestion) })
      : say("lists.neverseen")
    : addresses > 0
      ? say("lists.col.addresses", { n: number(addresses) })
      : times > 0
        ? say("lists.col.times", { n: number(times) })
        : say("lists.col.filled", { n: number(filled) });
  return (
    <th scope="col" className={asked ? "asked" : roleTone(column.role)} id={`column-${String(column.index)}`}>
      <span className="hd">{column.header ? <Hostile text={column.header} /> : <span className="faint">{say("lists.col.bare", { n: column.index + 1 })}</span>}</span>
      <RolePick
        label={say("lists.col.label", { name: column.header || String(column.index + 1) })}
        role={asked || !isRole(column.role) ? "" : column.role}
        onPick={(role) => {
          onRole(column.key, role);
        }}
      />
      <span className="why">{why}</span>
    </th>
  );
}

// Why a row was rejected: by the code that the server gives, else by its sentence.
function useRowReason() {
  const { why } = useWords();
  const reads = useReads();
  return ({ reason = "", reason_code: code, reason_values: values }: ListRowView) => (code === undefined ? reads(reason) : why({ text: reason, code, values }));
}

function Outcome({ row }: { row: ListRowView }) {
  const { say, number } = useWords();
  if (row.outcome === "accepted")
    return (
      <span className="state">
        <Mark kind="closed" tone="c-ok" />
        {say("lists.accepted")}
      </span>
    );
  if (row.outcome === "duplicate")
    return (
      <span className="state">
        <Mark kind="not" />
        {say("lists.duplicate.of", { n: number(row.duplicate_of ?? 0) })}
      </span>
    );
  return (
    <span className="state c-critical">
      <Mark kind="refused" tone="c-critical" />
      {say("lists.rejected")}
    </span>
  );
}

// A time is shown as times are here; what then says no more than what was written is not said twice.
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
export function shownReading(written: string, read: string): string {
  if (!TIME.test(read)) return read;
  const shown = formatTime(read);
  return written !== "" && (shown === written || shown === `${written}:00` || shown === `${written} 00:00:00`) ? "" : shown;
}

function Cell({ row, column }: { row: ListRowView; column: ListColumn }) {
  const reason = useRowReason();
  const text = row.cells[column.index] ?? "";
  const read = shownReading(text, row.read_as[column.index] ?? "");
  const bad = row.outcome === "rejected" && row.column === column.index;
  return (
    <td className={bad ? "bad" : ""}>
      <span className={`${MONO.includes(column.role) ? "mono" : ""} ${text.length <= MOST_SHORT ? "short" : ""}`}>
        {read === "" || bad ? (
          <Hostile text={text} />
        ) : (
          <>
            <span className="was">
              <Hostile text={text} />
            </span>
            <span className="to">
              <Icon name="right" />
              <Hostile text={read} />
            </span>
          </>
        )}
      </span>
      {bad ? (
        <span className="badwhy">
          <Hostile text={reason(row)} />
        </span>
      ) : null}
    </td>
  );
}

interface Props {
  reading: ListReading;
  rows: readonly ListRowView[];
  onRole: (key: string, role: ListRole) => void;
}
export function MapTable({ reading, rows, onRole }: Props) {
  const { say, number } = useWords();
  const reason = useRowReason();
  const box = useRef<HTMLDivElement>(null);
  const seen = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => LINE_PX, overscan: 12, initialRect: { width: 1000, height: 800 } });
  const items = seen.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = seen.getTotalSize() - (items.at(-1)?.end ?? 0);
  const span = reading.columns.length + 2;
  return (
    <div className="mapbox" ref={box} tabIndex={0} role="region" aria-label={say("lists.table")}>
      <table className="map" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col" className="line">
              {say("lists.line")}
            </th>
            <th scope="col" className="line">
              {say("lists.outcome")}
            </th>
            {reading.columns.map((column) => (
              <Head key={column.index} column={column} asked={isAsked(reading, column)} onRole={onRole} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? (
            <tr aria-hidden="true">
              <td colSpan={span} style={{ height: before, padding: 0 }} />
            </tr>
          ) : null}
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const placed = reading.columns.some((column) => column.index === row.column);
            return (
              <tr key={item.key} ref={seen.measureElement} data-index={item.index} aria-rowindex={item.index + 2} className={row.outcome}>
                <td className="num faint">{number(row.line)}</td>
                <td>
                  <Outcome row={row} />
                  {row.outcome === "rejected" && !placed ? (
                    <span className="badwhy c-critical">
                      <Hostile text={reason(row)} />
                    </span>
                  ) : null}
                </td>
                {reading.columns.map((column) => (
                  <Cell key={column.index} row={row} column={column} />
                ))}
              </tr>
            );
          })}
          {after > 0 ? (
            <tr aria-hidden="true">
              <td colSpan={span} style={{ height: after, padding: 0 }} />
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  );
}
