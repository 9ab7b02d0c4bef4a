// A list that was kept: its letter and account, whose its rows are, and what changed against the one before.
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { listFile } from "../../api/lists";
import { useResource } from "../../api/resource";
import type { KeptList } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { Account } from "./Account";
import { Attributed } from "./Attributed";
import { AttributeDialog } from "./AttributeDialog";
import { Comparison } from "./Comparison";
import { ListRows } from "./ListRows";
import { LetterNumber, plainDate, shortHash } from "./parts";
import { SameList } from "./SameList";
import "./lists.css";

function Facts({ list }: { list: KeptList }) {
  const { say, bytes } = useWords();
  const { may, organisation } = useMe();
  const copies = (list.copies ?? []).filter((copy) => copy.id !== list.id);
  return (
    <dl className="kv wide">
      <dt>{say("lists.letter.issuer")}</dt>
      <dd>
        <Hostile text={list.letter.issuer || "–"} />
      </dd>
      <dt>{say("lists.letter.number")}</dt>
      <dd>
        <LetterNumber letter={list.letter} />
        {list.letter.date ? ` · ${plainDate(list.letter.date)}` : null}
        {list.letter.urgency ? (
          <>
            {" · "}
            <b className="c-high">
              <Hostile text={list.letter.urgency} />
            </b>
          </>
        ) : null}
      </dd>
      <dt>{say("lists.series")}</dt>
      <dd>
        <Hostile text={list.series} />
      </dd>
      {list.from && list.until ? (
        <>
          <dt>{say("lists.seen")}</dt>
          <dd>{`${formatTime(list.from)} – ${formatTime(list.until)}`}</dd>
        </>
      ) : null}
      <dt>{say("lists.kept")}</dt>
      <dd>
        {formatTime(list.kept)} <Hostile text={(list.by ?? "").replace(/^user:/, "")} />
      </dd>
      <dt>{say("lists.file")}</dt>
      <dd className="row">
        <Hostile text={list.name} />
        {list.sha256 === undefined ? null : (
          <>
            <span className="dim">{bytes(list.bytes ?? 0)}</span>
            <span className="mono small dim" title={list.sha256}>
              {shortHash(list.sha256)}
            </span>
          </>
        )}
        {may("list:import") && organisation === null ? (
          <a href={listFile(list.id, "original")} download>
            {say("lists.original.get")}
          </a>
        ) : null}
      </dd>
      {list.indicators ? (
        <>
          <dt>{say("lists.indicators")}</dt>
          <dd>
            <Link to="/indicators" search={{ tab: "lists" }}>
              <Hostile text={list.indicators} />
            </Link>
          </dd>
        </>
      ) : null}
      {copies.length > 0 ? (
        <>
          <dt>{say("lists.copies")}</dt>
          <dd>
            {copies.map((copy) => (
              <div key={copy.id}>
                <Link to="/lists/$id" params={{ id: copy.id }}>
                  <Hostile text={copy.issuer || copy.name} /> <LetterNumber letter={copy} />
                </Link>
                {` · ${formatTime(copy.kept)}`}
              </div>
            ))}
          </dd>
        </>
      ) : null}
    </dl>
  );
}

function CopyOf({ id }: { id: string }) {
  const first = useResource("/api/v1/lists/{id}", { id });
  if (!first.data) return null;
  const { name, letter, kept } = first.data;
  return <SameList same={{ id, name, number: letter.number, issuer: letter.issuer, date: letter.date, kept }} />;
}

const VIEWS = ["rows", "compare"] as const;

function Whole({ list }: { list: KeptList }) {
  const { say } = useWords();
  const { may, organisation } = useMe();
  const address = useAddress();
  const [asking, setAsking] = useState(false);
  const view = VIEWS.find((one) => one === address.value("view")) ?? "rows";
  const kind = address.value("kind") || (list.attribution.owner > 0 ? "owner" : "gap");
  const of = address.value("of");
  return (
    <>
      <div className="head">
        <div className="crumb">
          <Link to="/lists">{say("page.lists")}</Link>
          <Icon name="right" />
          <Hostile text={list.letter.issuer || list.series} />
        </div>
        <div className="row">
          <h1>
            <Hostile text={list.letter.subject || list.name} />
          </h1>
          {may("list:import") && organisation === null ? (
            <button
              type="button"
              className="btn end"
              onClick={() => {
                setAsking(true);
              }}
            >
              {say("lists.attribute")}
            </button>
          ) : null}
        </div>
      </div>
      {list.same_as ? <CopyOf id={list.same_as} /> : null}
      <section className="sec wide">
        <Facts list={list} />
      </section>
      {list.counts ? <Account counts={list.counts} rejected={listFile(list.id, "rejected")} /> : null}
      <nav className="tabs" aria-label={say("page.lists")}>
        {VIEWS.map((one) => (
          <Link key={one} to="/lists/$id" params={{ id: list.id }} search={{ view: one }} aria-current={one === view ? "page" : undefined}>
            {say(`lists.view.${one}`)}
          </Link>
        ))}
      </nav>
      {view === "compare" ? (
        <Comparison id={list.id} />
      ) : (
        <div className="cols whole">
          <div>
            <Attributed
              attribution={list.attribution}
              organisations={list.organisations ?? []}
              chosen={kind + of}
              onChoose={(next, organisation) => {
                address.set({ view: "rows", kind: next, of: organisation });
              }}
            />
          </div>
          <div>
            <ListRows id={list.id} kind={kind} of={of} />
          </div>
        </div>
      )}
      {asking ? (
        <AttributeDialog
          list={list}
          onClose={() => {
            setAsking(false);
          }}
        />
      ) : null}
    </>
  );
}

export function Page() {
  const { id } = useParams({ strict: false });
  const reading = useResource("/api/v1/lists/{id}", { id: id ?? "" });
  return <Shown reading={reading}>{(list) => <Whole key={list.id} list={list} />}</Shown>;
}
