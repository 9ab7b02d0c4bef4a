// The facts of a few kinds: what is said of whom, from when to when, by which paper, who claimed it and who approved it.
import { useState } from "react";
import { useList } from "../../api/resource";
import type { Fact } from "../../api/types";
import { formatTime } from "../../base/time";
import { DataTable, type Column } from "../../parts/DataTable";
import { PickFilter } from "../../parts/Filters";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useScope } from "../../parts/scope";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { DecideDialog, EndDialog, WithdrawDialog } from "./DecideDialog";
import { FactDialog } from "./FactDialog";
import { ImportFactsDialog } from "./ImportFactsDialog";
import { TABS, type Kind, type TabName } from "./kinds";
import { Body, personOf, Standing, useValidity, useValueWords } from "./parts";

type Deed = "approve" | "refuse" | "withdraw" | "end";
type Open = { what: "add" | "import" } | { what: Deed; fact: Fact } | null;
// The members of a body that the first column shows already.
const SHOWN: Partial<Record<Kind, readonly string[]>> = {
  range: ["range", "ports"],
  asn: ["number"],
  domain: ["domain"],
  pool: ["name"],
  system: ["code"],
  machine: ["host"],
  contact: ["value"],
  identifier: ["value"],
  name: ["vi"],
  organisation_kind: ["kind"],
  parent: ["organisation"],
  successor: ["organisation"],
};
const LEADS: Partial<Record<Kind, string>> = { contact: "value", identifier: "value", name: "vi", organisation_kind: "kind", parent: "organisation", successor: "organisation" };

function useColumns(kind: Kind, setOpen: (open: Open) => void): Column<Fact>[] {
  const { say } = useWords();
  const { may, name } = useMe();
  const validity = useValidity();
  const value = useValueWords();
  const subject = (fact: Fact) => {
    const lead = LEADS[kind];
    return lead ? value(kind, lead, fact.body[lead]) : fact.subject;
  };
  const button = (fact: Fact, deed: Deed) => (
    <button
      key={deed}
      type="button"
      className="btn sm"
      aria-label={`${say(`directory.${deed}`)}: ${fact.subject}`}
      onClick={() => {
        setOpen({ what: deed, fact });
      }}
    >
      {say(`directory.${deed}`)}
    </button>
  );
  return [
    {
      id: "subject",
      title: say(`directory.kind.${kind}`),
      value: (fact) => `${subject(fact)} ${JSON.stringify(fact.body)}`,
      show: (fact) => (
        <>
          <b className={kind === "range" || kind === "asn" || kind === "domain" || kind === "machine" ? "mono" : undefined}>
            <Hostile text={subject(fact)} />
          </b>
          <div>
            <Body fact={fact} without={SHOWN[kind] ?? []} />
          </div>
        </>
      ),
    },
    { id: "organisation", title: say("directory.organisation"), value: (fact) => fact.organisation_name, show: (fact) => <Hostile text={fact.organisation_name} /> },
    { id: "validity", title: say("directory.validity"), value: (fact) => fact.from, show: (fact) => <span className="nw">{validity(fact.from, fact.until)}</span> },
    { id: "document", title: say("directory.document"), value: (fact) => fact.document, show: (fact) => <Hostile text={fact.document} /> },
    {
      id: "claimed",
      title: say("directory.claimed"),
      value: (fact) => fact.claimed,
      show: (fact) => (
        <>
          <Hostile text={personOf(fact.claimed_by)} />
          <div className="s small nw">{formatTime(fact.claimed)}</div>
        </>
      ),
    },
    {
      id: "approved",
      title: say("directory.approved"),
      value: (fact) => fact.approved ?? "",
      show: (fact) =>
        fact.approved_by ? (
          <>
            <Hostile text={personOf(fact.approved_by)} />
            {fact.approved ? <div className="s small nw">{formatTime(fact.approved)}</div> : null}
          </>
        ) : (
          <span className="c-unk">{say("directory.notyet")}</span>
        ),
    },
    {
      id: "state",
      title: say("directory.state"),
      value: (fact) => fact.state,
      show: (fact) => (
        <>
          <Standing state={fact.state} />
          {fact.reason ? (
            <div className="s small">
              <Hostile text={fact.reason} />
            </div>
          ) : null}
        </>
      ),
    },
    {
      id: "do",
      title: say("col.next"),
      fixed: true,
      value: () => "",
      show: (fact) => (
        <span className="row nw">
          {fact.state === "proposed" && may("directory:approve") ? [button(fact, "approve"), button(fact, "refuse")] : null}
          {fact.state === "proposed" && fact.claimed_by === `user:${name}` ? button(fact, "withdraw") : null}
          {fact.state === "approved" && fact.until === null && may("directory:approve") ? button(fact, "end") : null}
        </span>
      ),
    },
  ];
}

export function FactsTab({ tab }: { tab: TabName }) {
  const { say } = useWords();
  const { may } = useMe();
  const { scoped } = useScope();
  const address = useAddress();
  const kinds: readonly Kind[] = TABS[tab];
  const kind = kinds.find((one) => one === address.value("kind")) ?? kinds[0] ?? "range";
  const state = address.value("state");
  const list = useList("/api/v1/facts", { query: { kind, ...(state ? { state } : {}), ...(scoped.organisation ? { ...scoped, below: "true" } : {}) } });
  const [open, setOpen] = useState<Open>(null);
  const columns = useColumns(kind, setOpen);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <div className="filters">
        {kinds.length > 1 ? (
          <PickFilter
            name="kind"
            label={say("directory.kind")}
            none={say(`directory.kind.${kinds[0] ?? "range"}`)}
            options={kinds.slice(1).map((one) => [one, say(`directory.kind.${one}`)] as const)}
          />
        ) : null}
        <PickFilter name="state" label={say("directory.state")} options={(["proposed", "approved", "refused"] as const).map((one) => [one, say(`directory.state.${one}`)] as const)} />
        {may("directory:propose") ? (
          <span className="row end">
            <button
              type="button"
              className="btn"
              onClick={() => {
                setOpen({ what: "import" });
              }}
            >
              <Icon name="up" />
              {say("directory.import")}
            </button>
            <a className="btn" href={`/api/v1/facts/export?kind=${kind}`} download>
              <Icon name="download" />
              {say("directory.export")}
            </a>
            <button
              type="button"
              className="btn pri"
              onClick={() => {
                setOpen({ what: "add" });
              }}
            >
              <Icon name="plus" />
              {say(`directory.add.${kind}`)}
            </button>
          </span>
        ) : null}
      </div>
      <Shown reading={list}>
        {(facts) => <DataTable name={`facts-${kind}`} rows={facts} keyOf={(fact) => String(fact.number)} partly={list.hasNextPage} empty={say("directory.none")} columns={columns} />}
      </Shown>
      <MoreRows list={list} />
      {open?.what === "add" ? <FactDialog key={kind} kind={kind} onClose={close} /> : null}
      {open?.what === "import" ? <ImportFactsDialog kind={kind} onClose={close} /> : null}
      {open?.what === "approve" || open?.what === "refuse" ? <DecideDialog fact={open.fact} deed={open.what} onClose={close} /> : null}
      {open?.what === "withdraw" ? <WithdrawDialog fact={open.fact} onClose={close} /> : null}
      {open?.what === "end" ? <EndDialog fact={open.fact} onClose={close} /> : null}
    </>
  );
}
