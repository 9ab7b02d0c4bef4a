// What an organisation has to do: each machine with three steps, look, clean and answer; and the sheet for many of them.
import { useList, useResource } from "../../api/resource";
import type { CaseItem } from "../../api/types";
import { formatTime } from "../../base/time";
import { useNow } from "../../parts/clock";
import { Icon } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { OwnItem } from "./OwnItem";
import { Sheet } from "./Sheet";
import { needsMore } from "./parts";

// The first clock of a case that has not run out, or the one that ran out last.
function Due({ id }: { id: string }) {
  const { say, span, language } = useWords();
  const now = useNow();
  const due = useResource("/api/v1/cases/{id}/deadlines", { id });
  const ends = (due.data?.items ?? [])
    .flatMap((one) => (one.strict === undefined || one.immediately ? [] : [{ ...one, end: Date.parse(one.strict), strict: one.strict }]))
    .sort((a, b) => a.end - b.end);
  const first = ends.find((one) => one.end > now) ?? ends.at(-1);
  if (!first) return null;
  const late = now > first.end;
  return (
    <p className={late ? "c-critical" : "c-high"}>
      <Icon name="clock" /> {say(late ? "case.due.over" : "case.due.until", late ? { span: span(now - first.end) } : { time: formatTime(first.strict) })}
      {": "}
      {language === "vi" ? first.title_vi : first.title}
    </p>
  );
}

const rank = (item: CaseItem) => (item.returned ? 0 : item.relapses > 0 ? 1 : 2);

export function Page() {
  const { say, number } = useWords();
  const list = useList("/api/v1/case-items", { query: { state: "open" } });
  return (
    <Shown reading={list}>
      {(items) => {
        const ordered = [...items].sort((a, b) => rank(a) - rank(b) || b.last_seen.localeCompare(a.last_seen));
        const cases = [...new Set(ordered.map((item) => item.case))].slice(0, 3);
        return (
          <>
            <section className="part">
              <h1 data-testid="own-head">{say(items.length === 0 ? "own.head.none" : needsMore(list) ? "own.head.more" : "own.head", { n: number(items.length) })}</h1>
              <p className="dim">{say(items.length === 0 ? "own.lead.none" : "own.lead")}</p>
              {cases.map((id) => (
                <Due key={id} id={id} />
              ))}
            </section>
            {ordered.map((item) => (
              <OwnItem key={item.id} item={item} />
            ))}
            <MoreRows list={list} />
            <Sheet />
          </>
        );
      }}
    </Shown>
  );
}
