import { Link } from "@tanstack/react-router";
import { formatClock, formatTime } from "../../base/time";
import { useResource } from "../../api/resource";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Severity } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useOrganisations } from "../../parts/session";
import { Empty, Shown } from "../../parts/States";
import { GROUPINGS } from "./Filters";

const WORTH = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 };

// What opens the findings of a group and no others. An entity by one of its findings: its name may be masked.
function openGroup(by: string, group: { value: string; example: string }): Record<string, string> {
  if (by === "entity") return { like: group.example };
  return by === "organisation" ? { organisation: group.value, below: "false" } : { [by]: group.value };
}

// Findings counted together; each row opens its findings.
export function Groups({ by, query }: { by: string; query: Record<string, string> }) {
  const { say, number, ruleTitle } = useWords();
  const { names } = useOrganisations();
  const reading = useResource("/api/v1/findings/groups", { query: { ...query, by, limit: "1000" } });
  const heading = GROUPINGS.find((one) => one === by) ?? "rule";
  return (
    <Shown reading={reading} rows={10}>
      {(groups) => {
        const name = (value: string, title: string) =>
          by === "organisation"
            ? (names.get(value) ?? say("host.unknown"))
            : by === "level" && value in WORTH
              ? say(`level.${value === "critical" ? "critical" : value === "high" ? "high" : value === "medium" ? "medium" : value === "low" ? "low" : "informational"}`)
              : value === ""
                ? say("by.nobody")
                : title || value;
        return (
          <DataTable
            name="groups"
            rows={groups.items}
            keyOf={(group) => group.example}
            partly={groups.items.length === 1000}
            empty={<Empty title={say("findings.none")}>{say("checked", { time: formatClock(reading.dataUpdatedAt, true) })}</Empty>}
            columns={[
              { id: "level", title: say("col.worst"), value: (group) => WORTH[group.level], show: (group) => <Severity level={group.level} /> },
              {
                id: "value",
                title: say(`by.${heading}`),
                value: (group) => name(group.value, ruleTitle(group)),
                show: (group) =>
                  group.value === "" ? (
                    <span className="faint">{say("by.nobody")}</span>
                  ) : (
                    <Link to="/findings" search={{ ...query, ...openGroup(by, group), by: "" }}>
                      <b>
                        <Hostile text={name(group.value, ruleTitle(group))} />
                      </b>
                    </Link>
                  ),
              },
              { id: "findings", title: say("page.findings"), number: true, value: (group) => group.findings, show: (group) => number(group.findings) },
              { id: "events", title: say("col.count"), number: true, value: (group) => group.events, show: (group) => number(group.events) },
              { id: "last", title: say("col.last"), value: (group) => group.last_seen, show: (group) => <span className="nw">{formatTime(group.last_seen)}</span> },
            ]}
          />
        );
      }}
    </Shown>
  );
}
