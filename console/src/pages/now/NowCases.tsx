// What of the cases waits for somebody: deadlines near or over, relapses, answers, proposals to close. Each count leads to the cases it counts.
import { Link } from "@tanstack/react-router";
import { useResource } from "../../api/resource";
import type { CaseAttention } from "../../api/types";
import { formatTime } from "../../base/time";
import { useNow } from "../../parts/clock";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe, useOrganisations } from "../../parts/session";
import { ErrorBox } from "../../parts/States";

const COUNTS = [
  { name: "overdue", needs: "clocks", grave: true },
  { name: "near", needs: "clocks", grave: false },
  { name: "relapses", needs: "relapses", grave: true },
  { name: "answers", needs: "answers", grave: false },
  { name: "proposals", needs: "proposals", grave: false },
  { name: "returned", needs: "returned", grave: false },
] as const;
const MOST = 5;

function ClockRow({ clock }: { clock: CaseAttention["clocks"][number] }) {
  const { say, number, span, language } = useWords();
  const { names } = useOrganisations();
  const now = useNow();
  const end = Date.parse(clock.due);
  const over = now >= end;
  return (
    <div className="r">
      <span className={over ? "state c-critical" : "state"}>
        <Mark kind={over ? "refused" : "acknowledged"} tone={over ? "c-critical" : ""} />
        {over ? say("case.due.over", { span: span(now - end) }) : say("clock.left", { span: span(end - now) })}
      </span>
      <div style={{ minWidth: 0 }}>
        <div className="t">{language === "vi" ? clock.clock_title_vi : clock.clock_title}</div>
        <div className="s cut">
          {say("case.number.shown", { n: number(clock.number) })}
          {": "}
          <Hostile text={clock.title} />
        </div>
      </div>
      <div className="clamp">
        <Hostile text={names.get(clock.organisation) ?? say("host.unknown")} />
      </div>
      <div className="s">{formatTime(clock.due)}</div>
      <Link className="btn" to="/cases/$id" params={{ id: clock.case }}>
        {say("now.open")}
      </Link>
    </div>
  );
}

function useAttention() {
  const { may } = useMe();
  const { scoped } = useScope();
  return useResource("/api/v1/case-attention", { enabled: may("case:read"), query: scoped, every: 30_000 });
}

// The first group of the page: least time first.
export function DueClocks() {
  const { say, number } = useWords();
  const found = useAttention().data;
  if (!found || found.clocks.length === 0) return null;
  return (
    <>
      <h2>
        <Icon name="clock" />
        {say("now.clocks")}
        <span className="dim">{number(found.overdue + found.near)}</span>
        {found.overdue + found.near > MOST ? (
          <Link className="small" to="/cases" search={{ needs: "clocks" }}>
            {say("now.all", { n: number(found.overdue + found.near) })}
          </Link>
        ) : null}
      </h2>
      {found.clocks.slice(0, MOST).map((clock) => (
        <ClockRow key={`${clock.case} ${clock.clock}`} clock={clock} />
      ))}
    </>
  );
}

export function NowCases() {
  const { say, number } = useWords();
  const waits = useAttention();
  if (waits.error) return <ErrorBox error={waits.error} />;
  const found = waits.data;
  if (!found) return null;
  const some = COUNTS.filter((one) => found[one.name] > 0);
  if (some.length === 0) return null;
  return (
    <>
      <h2>
        <Icon name="folder" />
        {say("now.cases")}
      </h2>
      <p className="pad row" data-testid="now-cases">
        {some.map((one) => (
          <Link key={one.name} className={one.grave ? "chip c-critical" : "chip"} to="/cases" search={{ needs: one.needs }}>
            {say(`now.cases.${one.name}`, { n: number(found[one.name]) })}
          </Link>
        ))}
      </p>
    </>
  );
}
