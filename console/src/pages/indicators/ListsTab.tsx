// The lists of indicators that the node knows.
import { useList } from "../../api/resource";
import { formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

export function ListsTab() {
  const { say, number } = useWords();
  const list = useList("/api/v1/indicator-lists");
  return (
    <>
      <Shown reading={list}>
        {(lists) => (
          <DataTable
            name="indicator-lists"
            rows={lists}
            keyOf={(one) => one.name}
            partly={list.hasNextPage}
            empty={say("intel.lists.none")}
            columns={[
              {
                id: "name",
                title: say("intel.list"),
                value: (one) => one.name,
                show: (one) => (
                  <b>
                    <Hostile text={one.name} />
                  </b>
                ),
              },
              { id: "values", title: say("intel.values"), number: true, value: (one) => one.values, show: (one) => number(one.values) },
              { id: "family", title: say("intel.family"), value: (one) => one.family, show: (one) => <Hostile text={one.family} /> },
              { id: "confidence", title: say("intel.confidence"), number: true, value: (one) => one.confidence, show: (one) => number(one.confidence) },
              { id: "tlp", title: say("intel.tlp"), value: (one) => one.tlp },
              { id: "changed", title: say("intel.changed"), value: (one) => one.changed, show: (one) => <span className="nw">{formatTime(one.changed)}</span> },
              { id: "origin", title: say("intel.origin"), value: (one) => one.origin, show: (one) => <Hostile text={one.origin} /> },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
    </>
  );
}
