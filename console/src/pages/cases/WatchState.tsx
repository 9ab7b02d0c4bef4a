// What the system made by itself of a victim whose removal was told: how long nothing was seen, and whether closing is proposed.
import type { CaseItem } from "../../api/types";
import { formatTime } from "../../base/time";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

export function WatchState({ item }: { item: CaseItem }) {
  const { say, number } = useWords();
  const watch = item.watch;
  if (item.state !== "removed" || !watch) return null;
  const words = watch.why_not
    ? say(`watch.why.${watch.why_not}`)
    : watch.coverage === null
      ? ""
      : say("watch.quiet", { n: number(watch.quiet_days), m: number(watch.asked_days), p: number(Math.floor(watch.coverage * 100)) });
  return (
    <div className="small" data-testid="watch" title={say("watch.looked", { time: formatTime(watch.looked) })}>
      {words ? <span className={watch.why_not || watch.verdict === "not-observable" ? "c-unk" : "dim"}>{words}</span> : null}
      {watch.proposed ? (
        <div className="state c-ok">
          <Mark kind="closed" tone="c-ok" />
          {say("watch.proposed")}
        </div>
      ) : null}
    </div>
  );
}
