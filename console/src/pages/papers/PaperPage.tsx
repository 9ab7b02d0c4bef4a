// A paper: the page as it will be printed, what it says, and what became of it: drafted, signed, sent, acknowledged.
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { paperFile } from "../../api/papers";
import { useChange, useList, useResource } from "../../api/resource";
import type { Paper } from "../../api/types";
import type { Told } from "../../base/reason";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { AcknowledgeDialog, PostDialog, SendDialog, SignDialog } from "./PaperDialogs";
import { PaperForm } from "./PaperForm";
import { Clocks, Facts, Mails } from "./PaperRail";
import { PAPER_MARKS } from "./parts";
import { Preview } from "./Preview";

type Open = "sign" | "send" | "post" | "acknowledge" | null;

function Actions({ paper, unsigned, onOpen }: { paper: Paper; unsigned: boolean; onOpen: (open: Open) => void }) {
  const { say } = useWords();
  const { may } = useMe();
  const issue = useChange("post", "/api/v1/papers/{id}/issue");
  const next = paper.state === "draft" ? (unsigned ? "send" : "sign") : paper.state === "signed" ? "send" : paper.state === "sent" ? "acknowledge" : null;
  const button = (what: NonNullable<Open>, words: string) => (
    <button
      type="button"
      className={next === what ? "btn pri" : "btn"}
      onClick={() => {
        onOpen(what);
      }}
    >
      {words}
    </button>
  );
  return (
    <span className="row end" style={{ flexWrap: "wrap" }}>
      {paper.state === "draft" && may("paper:draft") ? (
        <button
          type="button"
          className="btn"
          disabled={issue.isPending}
          title={say("paper.issue.note")}
          onClick={() => {
            issue.mutate({ id: paper.id, version: paper.version, body: { format: "pdf" } });
          }}
        >
          {say("paper.issue")}
        </button>
      ) : null}
      {paper.state === "draft" && may("paper:sign") ? button("sign", say("paper.sign")) : null}
      {(paper.state !== "draft" || unsigned) && may("paper:send") ? button("send", say("paper.send")) : null}
      {(paper.state !== "draft" || unsigned) && may("paper:send") ? button("post", say("paper.post")) : null}
      {(paper.state === "sent" || paper.state === "acknowledged") && may("paper:send") ? button("acknowledge", say("paper.ack")) : null}
      {issue.error ? <ErrorBox error={issue.error} /> : null}
    </span>
  );
}

function Head({ paper, title, unsigned, onOpen }: { paper: Paper; title: string; unsigned: boolean; onOpen: (open: Open) => void }) {
  const { say, number } = useWords();
  return (
    <>
      <p className="crumbs small pad">
        <Link to="/papers">{say("page.papers")}</Link>
        {" › "}
        {paper.case ? (
          <>
            <Link to="/cases/$id" params={{ id: paper.case }}>
              {say("paper.case")}
            </Link>
            {" › "}
          </>
        ) : null}
        {say("paper.number.shown", { n: number(paper.number) })}
      </p>
      <div className="head row">
        <h1 style={{ overflowWrap: "anywhere" }}>{title}</h1>
        <Actions paper={paper} unsigned={unsigned} onOpen={onOpen} />
      </div>
      <p className="pad row" style={{ flexWrap: "wrap" }}>
        <span className="state" data-testid="paper-state">
          <Mark kind={PAPER_MARKS[paper.state][0]} tone={PAPER_MARKS[paper.state][1]} />
          {say(`paper.state.${paper.state}`)}
        </span>
        <span className="dim">
          <Hostile text={paper.title} />
        </span>
        {paper.lapsed ? <span className="chip">{say("paper.form.old")}</span> : null}
        {paper.state === "draft" ? (
          <span className={paper.missing > 0 ? "c-high" : "c-ok"} data-testid="paper-missing">
            {paper.missing > 0 ? say("paper.missing", { n: number(paper.missing) }) : say("paper.missing.none")}
          </span>
        ) : null}
        {paper.left_out > 0 ? <span className="dim">{say("paper.left_out", { n: number(paper.left_out) })}</span> : null}
        <span className="row end">
          {(["pdf", "docx"] as const).map((format) => (
            <a key={format} className="btn sm" href={paperFile(paper.id, "document", { format })} download>
              <Icon name="download" />
              {say(`paper.${format}`)}
            </a>
          ))}
          {paper.state !== "draft" || unsigned ? (
            <a className="btn sm" href={paperFile(paper.id, "mail")} download>
              <Icon name="download" />
              {say("paper.eml")}
            </a>
          ) : null}
        </span>
      </p>
    </>
  );
}

export function Page() {
  const { say, why, language } = useWords();
  const { may } = useMe();
  const { id = "" } = useParams({ strict: false });
  const reading = useResource("/api/v1/papers/{id}", { id });
  const forms = useList("/api/v1/paper-forms");
  const [open, setOpen] = useState<Open>(null);
  const [remark, setRemark] = useState<Told | null>(null);
  const paper = reading.data;
  const form = forms.data?.find((one) => one.code === paper?.form);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <Shown reading={reading} rows={3}>
        {(one) => <Head paper={one} title={form ? (language === "vi" ? form.title_vi : form.title) : one.form} unsigned={form?.needs_signature === false} onOpen={setOpen} />}
      </Shown>
      {remark ? (
        <div className="ban" role="status">
          <Mark kind="unknown" tone="c-high" />
          <Hostile text={say("paper.remark", { why: why(remark) })} />
        </div>
      ) : null}
      <div className="cols detail">
        {paper ? (
          <div>
            <Preview id={id} version={paper.version} draft={paper.state === "draft"} />
            <PaperForm paper={paper} mayChange={may("paper:draft")} />
          </div>
        ) : (
          <div />
        )}
        <aside className="rail" aria-label={say("paper.facts")}>
          <Facts id={id} />
          <Mails id={id} />
          <Clocks id={id} />
        </aside>
      </div>
      {open === "sign" && paper ? <SignDialog paper={paper} onClose={close} /> : null}
      {open === "send" && paper ? <SendDialog paper={paper} onClose={close} onRemark={setRemark} /> : null}
      {open === "post" && paper ? <PostDialog paper={paper} onClose={close} /> : null}
      {open === "acknowledge" && paper ? <AcknowledgeDialog paper={paper} onClose={close} onRemark={setRemark} /> : null}
    </>
  );
}
