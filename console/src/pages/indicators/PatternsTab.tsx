// STIX patterns in force: how events are asked about each, and what it has matched.
import { Link } from "@tanstack/react-router";
import { useList } from "../../api/resource";
import type { Indicator } from "../../api/types";
import { formatSpan, formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";

type Asks = NonNullable<Indicator["asks"]>;

function useAsked() {
  const { say, language } = useWords();
  return (asks: Asks | undefined) => {
    if (!asks) return "";
    if (asks.observations === "one") return say("pattern.one");
    return say("pattern.several", { span: formatSpan((asks.window_seconds ?? 0) * 1000, language) });
  };
}

// What no event tells of is never found, which is not the same as not being there.
function Objects({ asks }: { asks: Asks | undefined }) {
  const { say } = useWords();
  if (!asks) return null;
  return (
    <>
      <span className="mono">{asks.objects.join(", ")}</span>
      {asks.untold.length === 0 ? null : (
        <span className="state" style={{ whiteSpace: "normal" }}>
          <Mark kind="unknown" tone="c-unk" />
          <Hostile text={say("pattern.untold", { types: asks.untold.join(", ") })} />
        </span>
      )}
    </>
  );
}

function Found({ one }: { one: Indicator }) {
  const { say } = useWords();
  const { may } = useMe();
  if (!may("finding:read")) return null;
  return (
    <div>
      {(one.asks?.rules ?? []).map((rule) => (
        <div key={rule}>
          <Link to="/findings" search={{ rule }}>
            {say(rule.startsWith("indicator/contacts/") ? "pattern.contacts" : rule.startsWith("indicator/contacted/") ? "pattern.contacted" : "pattern.present")}
          </Link>
        </div>
      ))}
    </div>
  );
}

export function PatternsTab() {
  const { say, number } = useWords();
  const asked = useAsked();
  const list = useList("/api/v1/indicators", { query: { kind: "pattern" } });
  return (
    <>
      <Shown reading={list}>
        {(patterns) => (
          <DataTable
            name="indicator-patterns"
            rows={patterns}
            keyOf={(one) => `${one.list} ${one.value}`}
            partly={list.hasNextPage}
            empty={say("pattern.none")}
            columns={[
              {
                id: "value",
                title: say("pattern.pattern"),
                value: (one) => one.value,
                show: (one) => (
                  <span className="mono" style={{ whiteSpace: "normal", overflowWrap: "anywhere" }}>
                    <Hostile text={one.value} />
                  </span>
                ),
              },
              { id: "family", title: say("intel.family"), value: (one) => one.family, show: (one) => <Hostile text={one.family} /> },
              { id: "asked", title: say("pattern.asked"), value: (one) => asked(one.asks) },
              { id: "objects", title: say("pattern.objects"), value: (one) => one.asks?.objects.join(" ") ?? "", show: (one) => <Objects asks={one.asks} /> },
              { id: "matches", title: say("pattern.matches"), number: true, value: (one) => one.matches, show: (one) => number(one.matches) },
              { id: "last", title: say("pattern.last"), value: (one) => one.last_match ?? "", show: (one) => <span className="nw">{one.last_match ? formatTime(one.last_match) : ""}</span> },
              { id: "found", title: say("pattern.findings"), value: (one) => one.matches, show: (one) => <Found one={one} /> },
              { id: "list", title: say("intel.list"), value: (one) => one.list, show: (one) => <Hostile text={one.list} /> },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
    </>
  );
}
