// The findings as a grid with fixed rows: only those in sight are drawn, the next page is asked for two screens ahead, and
// the number of rows is the true one.
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Finding } from "../../api/types";
import { useNow } from "../../parts/clock";
import { Hostile } from "../../parts/Hostile";
import { FindingState, Severity, When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";

export const COLUMNS = ["whose", "last", "count", "assignee", "state"] as const;
export type ColumnName = (typeof COLUMNS)[number];
const WIDTHS: Record<ColumnName, string> = { whose: "minmax(0, 168px)", last: "132px", count: "72px", assignee: "104px", state: "118px" };

interface GridProps {
  findings: Finding[];
  count: number;
  hidden: ReadonlySet<ColumnName>;
  chosen: ReadonlySet<string>;
  focus: number;
  more: boolean;
  onMore: () => void;
  onChoose: (id: string) => void;
  onAll: () => void;
}

export function Grid({ findings, count, hidden, chosen, focus, more, onMore, onChoose, onAll }: GridProps) {
  const { say, number, ruleTitle } = useWords();
  const { names } = useOrganisations();
  const now = useNow(30_000);
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: findings.length,
    getScrollElement: () => box.current?.closest<HTMLElement>(".main") ?? null,
    estimateSize: () => 45,
    overscan: 12,
    scrollMargin: box.current?.offsetTop ?? 0,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= findings.length - 60) onMore();
  }, [more, last, findings.length, onMore]);
  const scroll = useRef(rows);
  useEffect(() => {
    scroll.current = rows;
  });
  useEffect(() => {
    if (focus >= 0) scroll.current.scrollToIndex(focus, { align: "auto" });
  }, [focus]);
  const columns = COLUMNS.filter((column) => !hidden.has(column));
  const template = { gridTemplateColumns: `24px 116px minmax(0, 1fr) ${columns.map((column) => WIDTHS[column]).join(" ")}` };
  const cell = (column: ColumnName, finding: Finding) => {
    switch (column) {
      case "whose":
        return (
          <span key={column} role="gridcell" className="cut">
            <Hostile text={names.get(finding.organisation) ?? say("host.unknown")} />
          </span>
        );
      case "last":
        return (
          <span key={column} role="gridcell">
            <When time={finding.last_seen} now={now} />
          </span>
        );
      case "count":
        return (
          <span key={column} role="gridcell" className="num" title={say("col.count")}>
            {number(finding.count)}
          </span>
        );
      case "assignee":
        return (
          <span key={column} role="gridcell" className="cut dim">
            {finding.assignee ? <Hostile text={finding.assignee} /> : <span className="faint">{say("by.nobody")}</span>}
          </span>
        );
      case "state":
        return (
          <span key={column} role="gridcell">
            <FindingState finding={finding} now={now} />
          </span>
        );
    }
  };
  return (
    <div role="grid" aria-label={say("page.findings")} aria-rowcount={count + 1} aria-multiselectable="true" tabIndex={0} className="grid">
      <div className="grid-head" role="row" style={template}>
        <span role="columnheader">
          <input type="checkbox" aria-label={say("col.select")} checked={findings.length > 0 && chosen.size === findings.length} onChange={onAll} />
        </span>
        <span role="columnheader">{say("col.level")}</span>
        <span role="columnheader">{say("col.what")}</span>
        {columns.map((column) => (
          <span key={column} role="columnheader" className={column === "count" ? "num" : ""}>
            {say(`col.${column}`)}
          </span>
        ))}
      </div>
      <div ref={box} role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const finding = findings[item.index];
          if (!finding) return null;
          const on = chosen.has(finding.id);
          return (
            <div
              key={finding.id}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={on}
              data-index={item.index}
              ref={rows.measureElement}
              className={`grid-row ${on ? "on" : ""} ${focus === item.index ? "at" : ""}`}
              style={{ ...template, position: "absolute", insetInline: 0, top: item.start - rows.options.scrollMargin }}
            >
              <span role="gridcell">
                <input
                  type="checkbox"
                  tabIndex={-1}
                  aria-label={`${say("col.select")}: ${ruleTitle(finding.rule)}`}
                  checked={on}
                  onChange={() => {
                    onChoose(finding.id);
                  }}
                />
              </span>
              <span role="gridcell">
                <Severity level={finding.level} />
              </span>
              <div role="gridcell" style={{ minWidth: 0 }}>
                <div className="t cut">
                  <Link to="/findings/$id" params={{ id: finding.id }}>
                    <Hostile text={ruleTitle(finding.rule)} />
                  </Link>
                </div>
                <div className="s cut mono">
                  <Hostile text={finding.entity} />
                </div>
              </div>
              {columns.map((column) => cell(column, finding))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
