import { Link } from "@tanstack/react-router";
import { useList } from "../../api/resource";
import { formatClock, formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { RuleTabs, usePackWords } from "./parts";

export function Page() {
  const { say, number } = useWords();
  const list = useList("/api/v1/rule-packs");
  const packWords = usePackWords();
  return (
    <>
      <div className="head row">
        <h1>{say("rules.packs")}</h1>
        <span className="dim">{say("checked", { time: formatClock(list.dataUpdatedAt, true) })}</span>
      </div>
      <RuleTabs here="/rules/packs" />
      <p className="pad dim">{say("packs.how")}</p>
      <Shown reading={list}>
        {(packs) =>
          packs.length === 0 ? (
            <p className="pad">{say("packs.none")}</p>
          ) : (
            <DataTable
              name="packs"
              rows={packs}
              keyOf={(pack) => pack.name}
              partly={list.hasNextPage}
              columns={[
                {
                  id: "name",
                  title: say("packs.name"),
                  value: (pack) => pack.name,
                  show: (pack) => (
                    <Link to="/rules" search={{ pack: pack.name }}>
                      <b>
                        <Hostile text={packWords(pack.name)} />
                      </b>
                    </Link>
                  ),
                },
                { id: "version", title: say("packs.version"), value: (pack) => pack.version, show: (pack) => <Hostile text={pack.version} /> },
                {
                  id: "licence",
                  title: say("rule.license"),
                  value: (pack) => pack.licence,
                  show: (pack) => (pack.licence ? <Hostile text={pack.licence} /> : <span className="faint">{say("rule.unsaid")}</span>),
                },
                { id: "rules", title: say("packs.rules"), number: true, value: (pack) => pack.rules, show: (pack) => number(pack.rules) },
                { id: "source", title: say("packs.source"), value: (pack) => pack.source, show: (pack) => <Hostile text={pack.source} /> },
                { id: "installed", title: say("packs.installed"), value: (pack) => pack.installed ?? "", show: (pack) => (pack.installed ? formatTime(pack.installed) : "") },
              ]}
            />
          )
        }
      </Shown>
    </>
  );
}
