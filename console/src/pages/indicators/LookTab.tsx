// What is said about one value: itself, the names above it, the networks around it.
import { useState } from "react";
import { useResource } from "../../api/resource";
import type { IndicatorFound } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable } from "../../parts/DataTable";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { Doubt, useKind } from "./parts";

function Found({ value, found }: { value: string; found: readonly IndicatorFound[] }) {
  const { say, number } = useWords();
  const kind = useKind();
  const state = (one: IndicatorFound) => say(one.allowed ? "intel.isallowed" : one.in_force ? "intel.inforce" : "intel.over");
  if (found.length === 0)
    return (
      <div className="pad">
        <p className="state">
          <Mark kind="unknown" tone="c-unk" />
          <b>
            <Hostile text={say("intel.look.nothing", { value })} />
          </b>
        </p>
        <p className="dim">{say("intel.look.notclear")}</p>
      </div>
    );
  return (
    <DataTable
      name="indicator-look"
      rows={found}
      keyOf={(one) => `${one.kind} ${one.value} ${one.list} ${one.family}`}
      columns={[
        {
          id: "value",
          title: say("intel.value"),
          value: (one) => one.value,
          show: (one) => (
            <span className="mono">
              <Hostile text={one.value} />
            </span>
          ),
        },
        { id: "kind", title: say("intel.kind"), value: (one) => kind(one.kind) },
        { id: "list", title: say("intel.list"), value: (one) => one.list, show: (one) => <Hostile text={one.list} /> },
        { id: "family", title: say("intel.family"), value: (one) => one.family, show: (one) => <Hostile text={one.family} /> },
        { id: "confidence", title: say("intel.confidence"), number: true, value: (one) => one.confidence, show: (one) => number(one.confidence) },
        { id: "tlp", title: say("intel.tlp"), value: (one) => one.tlp },
        { id: "state", title: say("intel.state"), value: state, show: (one) => (one.until ? `${state(one)} · ${formatTime(one.until)}` : state(one)) },
        {
          id: "warning",
          title: say("intel.warning"),
          value: (one) => one.warning ?? "",
          show: (one) => (one.allowed ? <Hostile text={one.warning ?? ""} /> : <Doubt warning={one.warning} caution={one.caution} />),
        },
      ]}
    />
  );
}

export function LookTab() {
  const { say } = useWords();
  const address = useAddress();
  const asked = address.value("value");
  const [text, setText] = useState(asked);
  const answer = useResource("/api/v1/indicators/lookup", { query: { value: asked }, enabled: asked !== "" });
  return (
    <>
      <form
        className="pad"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          address.set({ tab: "look", value: text.trim() });
        }}
      >
        <TextField label={say("intel.look.label")} name="value" value={text} onChange={setText} maxLength={4096} className="mono" spellCheck={false} autoComplete="off" />
        <p>
          <button type="submit" className="btn pri" disabled={text.trim() === ""}>
            {say("intel.look.do")}
          </button>
        </p>
      </form>
      {asked === "" ? null : <Shown reading={answer}>{(told) => <Found value={told.value} found={told.found} />}</Shown>}
    </>
  );
}
