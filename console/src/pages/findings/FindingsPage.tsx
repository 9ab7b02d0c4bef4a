import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { change } from "../../api/client";
import { useList, useResource } from "../../api/resource";
import { LEVELS, type Finding } from "../../api/types";
import { formatClock } from "../../base/time";
import { useNow } from "../../parts/clock";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useKeys } from "../../parts/keys";
import { FindingState, Severity, When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useMe, useOrganisations } from "../../parts/session";
import { Empty, Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";

const STATES = ["new", "acknowledged", "closed"] as const;
const FILTERS = ["level", "state", "muted", "entity"] as const;

function Filters() {
  const { say } = useWords();
  const address = useAddress();
  const pick = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <label className="labelled"><span>{label}</span>
      <select className="input" value={address.value(name)} onChange={(event) => { address.set({ [name]: event.target.value }); }}>
        <option value="">{say("filter.any")}</option>
        {options.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
      </select>
    </label>
  );
  return (
    <div className="filters">
      {pick("level", say("col.level"), LEVELS.map((level) => [level, say(`level.${level}`)] as const))}
      {pick("state", say("col.state"), STATES.map((state) => [state, say(`state.${state}`)] as const))}
      {pick("muted", say("filter.muted"), [["false", say("no")], ["true", say("yes")]])}
      <label className="labelled"><span>{say("filter.entity")}</span><input className="input mono" key={address.value("entity")} defaultValue={address.value("entity")} onBlur={(event) => { if (event.target.value !== address.value("entity")) address.set({ entity: event.target.value }); }} onKeyDown={(event) => { if (event.key === "Enter") address.set({ entity: event.currentTarget.value }); }} /></label>
      {FILTERS.some((name) => address.value(name)) ? <button type="button" className="btn sm" onClick={address.clear}>{say("filter.clear")}</button> : null}
    </div>
  );
}

interface RowsProps {
  findings: Finding[];
  chosen: ReadonlySet<string>;
  focus: number;
  onChoose: (id: string) => void;
}
function Rows({ findings, chosen, focus, onChoose }: RowsProps) {
  const { say, number } = useWords();
  const { names } = useOrganisations();
  const now = useNow(30_000);
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: findings.length, getScrollElement: () => box.current?.closest<HTMLElement>(".main") ?? null, estimateSize: () => 44, overscan: 20, measureElement: (element) => element.getBoundingClientRect().height });
  return (
    <div ref={box} role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
      {rows.getVirtualItems().map((item) => {
        const finding = findings[item.index];
        if (!finding) return null;
        return (
          <div key={finding.id} role="row" aria-rowindex={item.index + 2} data-index={item.index} ref={rows.measureElement} className={`grid-row ${chosen.has(finding.id) || focus === item.index ? "on" : ""}`} style={{ position: "absolute", insetInline: 0, top: item.start }}>
            <span role="gridcell"><input type="checkbox" aria-label={`${say("col.select")}: ${finding.rule.title}`} checked={chosen.has(finding.id)} onChange={() => { onChoose(finding.id); }} /></span>
            <span role="gridcell"><Severity level={finding.level} /></span>
            <div role="gridcell" style={{ minWidth: 0 }}><div className="t cut"><Link to="/findings/$id" params={{ id: finding.id }}><Hostile text={finding.rule.title} /></Link></div><div className="s cut mono"><Hostile text={finding.entity} /></div></div>
            <span role="gridcell" className="cut"><Hostile text={names.get(finding.organisation) ?? say("host.unknown")} /></span>
            <span role="gridcell"><When time={finding.last_seen} now={now} /></span>
            <span role="gridcell" className="num">{number(finding.count)}</span>
            <span role="gridcell"><FindingState finding={finding} now={now} /></span>
          </div>
        );
      })}
    </div>
  );
}

// Acknowledges one after the other; what was refused is told with the first reason.
function useBulk(done: () => void) {
  const queries = useQueryClient();
  const { say, number } = useWords();
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const acknowledge = async (ids: string[]) => {
    setBusy(true);
    let failed = 0;
    let why = "";
    for (const id of ids) {
      try {
        await change("post", "/api/v1/findings/{id}/acknowledge", { id });
      } catch (error) {
        failed += 1;
        if (error instanceof Error && !why) why = error.message;
      }
    }
    setTold([say("findings.acknowledged", { n: number(ids.length - failed) }), failed > 0 ? say("findings.failed", { n: number(failed), why }) : ""].filter(Boolean).join(". "));
    setBusy(false);
    done();
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "/api/v1/session" });
  };
  return { told, busy, acknowledge };
}

export function Page() {
  const { say, number } = useWords();
  const { may } = useMe();
  const address = useAddress();
  const navigate = useNavigate();
  const query = Object.fromEntries(FILTERS.map((name) => [name, address.value(name)]));
  const list = useList("/api/v1/findings", { query });
  const count = useResource("/api/v1/findings/count", { query, every: 10_000 });
  const [base, setBase] = useState<{ at: number; count: number } | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [focus, setFocus] = useState(-1);
  // The count when the list was read; what came since waits behind a button.
  if (count.data && list.dataUpdatedAt > 0 && base?.at !== list.dataUpdatedAt) setBase({ at: list.dataUpdatedAt, count: count.data.count });
  const waiting = base && count.data ? Math.max(0, count.data.count - base.count) : 0;
  const refresh = () => { void list.refetch(); void count.refetch(); };
  const bulk = useBulk(() => { setChosen(new Set()); refresh(); });
  const findings = list.data ?? [];
  const at = findings[focus];
  const choose = (id: string) => { setChosen((before) => { const after = new Set(before); if (!after.delete(id)) after.add(id); return after; }); };
  const targets = chosen.size > 0 ? findings.filter((finding) => chosen.has(finding.id)) : at ? [at] : [];
  const open = targets.filter((finding) => finding.state === "new").map((finding) => finding.id);
  const acknowledge = () => { if (open.length > 0 && may("finding:acknowledge")) void bulk.acknowledge(open); };
  useKeys({
    j: () => { setFocus(Math.min(findings.length - 1, focus + 1)); }, k: () => { setFocus(Math.max(0, focus - 1)); }, x: () => { if (at) choose(at.id); },
    Enter: () => { if (at) void navigate({ to: "/findings/$id", params: { id: at.id } }); }, ".": refresh, a: acknowledge, Escape: () => { if (chosen.size > 0) setChosen(new Set()); else address.clear(); },
  });
  return (
    <>
      <div className="head row"><h1>{say("page.findings")}</h1>{count.data ? <span className="dim">{say("findings.count", { n: number(count.data.count) })}</span> : null}
        {waiting > 0 ? <button type="button" className="btn sm end c-acc" onClick={refresh}><Icon name="up" />{say("findings.new", { n: number(waiting) })}<span className="kbd">{"."}</span></button> : null}
      </div>
      <Filters />
      {bulk.told ? <p className="ban acc" role="status"><Mark kind="closed" tone="c-ok" />{bulk.told}</p> : null}
      <Shown reading={list} rows={10}>
        {(items) => items.length === 0 ? <Empty title={say("findings.none")}>{say("checked", { time: formatClock(list.dataUpdatedAt, true) })}</Empty> : (
          <div role="grid" aria-label={say("page.findings")} aria-rowcount={(count.data?.count ?? items.length) + 1}>
            <div className="grid-head" role="row"><span role="columnheader"><input type="checkbox" aria-label={say("col.select")} checked={chosen.size === items.length} onChange={() => { setChosen(chosen.size === items.length ? new Set() : new Set(items.map((finding) => finding.id))); }} /></span>
              <span role="columnheader">{say("col.level")}</span><span role="columnheader">{say("col.what")}</span><span role="columnheader">{say("col.whose")}</span><span role="columnheader">{say("col.last")}</span><span role="columnheader" className="num">{say("col.count")}</span><span role="columnheader">{say("col.state")}</span></div>
            <Rows findings={items} chosen={chosen} focus={focus} onChoose={choose} />
          </div>
        )}
      </Shown>
      {list.hasNextPage ? <div className="pad"><button type="button" className="btn" disabled={list.isFetchingNextPage} onClick={() => { void list.fetchNextPage(); }}>{say("do.more")}</button></div> : null}
      {chosen.size > 0 ? <div className="bulk"><b>{say("findings.selected", { n: number(chosen.size) })}</b>{may("finding:acknowledge") ? <button type="button" className="btn pri end" disabled={bulk.busy || open.length === 0} onClick={acknowledge}>{say("do.acknowledge")}{" "}{number(open.length)}<span className="kbd">{"A"}</span></button> : null}</div> : null}
    </>
  );
}
