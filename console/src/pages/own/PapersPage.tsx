// What came to the organisation on paper and what it sent; then its cases with their stage and their files.
import { Link } from "@tanstack/react-router";
import { paperFile } from "../../api/papers";
import { useChange, useList } from "../../api/resource";
import type { Paper } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { ErrorBox, Shown } from "../../parts/States";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { PAPER_MARKS } from "../papers/parts";
import { Files } from "./AnsweredPage";

// A notice about the organisation, which its contact confirms to have.
const isForUs = (paper: Paper): boolean => paper.form === "organisation-notice" && paper.state === "sent";

function OwnPaper({ paper, title }: { paper: Paper; title: string }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const confirm = useChange("post", "/api/v1/papers/{id}/acknowledge");
  return (
    <section className="part" data-testid="own-paper" aria-label={say("paper.number.shown", { n: number(paper.number) })}>
      <h2>
        <Hostile text={title} />
      </h2>
      <p className="dim">
        <span className="state">
          <Mark kind={PAPER_MARKS[paper.state][0]} tone={PAPER_MARKS[paper.state][1]} />
          {say(`paper.state.${paper.state}`)}
        </span>
        {" · "}
        {say("paper.number.shown", { n: number(paper.number) })}
        {" · "}
        {formatTime(paper.made)}
      </p>
      <p className="row" style={{ flexWrap: "wrap" }}>
        <a className="file" href={paperFile(paper.id, paper.state === "draft" ? "document" : "file")} download>
          {say(paper.state === "draft" ? "own.papers.draft" : "own.papers.file")}
        </a>
        {isForUs(paper) && may("paper:send") ? (
          <button
            type="button"
            className="btn pri"
            disabled={confirm.isPending}
            onClick={() => {
              confirm.mutate({ id: paper.id, version: paper.version, body: { role: "organisation", note: say("own.papers.confirmed") } });
            }}
          >
            {say("own.papers.confirm")}
          </button>
        ) : null}
      </p>
      {confirm.error ? <ErrorBox error={confirm.error} /> : null}
    </section>
  );
}

function OwnPapers() {
  const { say, language } = useWords();
  const list = useList("/api/v1/papers", { query: { limit: "20" } });
  const forms = useList("/api/v1/paper-forms");
  const titleOf = (code: string): string => {
    const form = forms.data?.find((one) => one.code === code);
    return form ? (language === "vi" ? form.title_vi : form.title) : code;
  };
  return (
    <Shown reading={list}>
      {(papers) => (
        <>
          {papers.length === 0 ? <p className="part dim">{say("own.papers.nothing")}</p> : null}
          {papers.map((paper) => (
            <OwnPaper key={paper.id} paper={paper} title={titleOf(paper.form)} />
          ))}
          <MoreRows list={list} />
        </>
      )}
    </Shown>
  );
}

export function Page() {
  const { say, number } = useWords();
  const list = useList("/api/v1/cases", { query: { limit: "50" } });
  return (
    <>
      <section className="part">
        <h1>{say("page.own.papers")}</h1>
      </section>
      <OwnPapers />
      <section className="part">
        <h1>{say("own.papers.cases")}</h1>
      </section>
      <Shown reading={list}>
        {(files) => (
          <>
            {files.length === 0 ? <p className="part dim">{say("own.papers.none")}</p> : null}
            {files.map((file) => (
              <section key={file.id} className="part" data-testid="own-case">
                <h2>
                  <Link to="/cases/$id" params={{ id: file.id }} className="file">
                    <span>
                      {say("own.papers.case", { n: number(file.number) })}
                      {": "}
                      <Hostile text={file.title} />
                    </span>
                  </Link>
                </h2>
                <p className="dim">
                  {say(`case.stage.${file.stage}`)}
                  {" · "}
                  {formatTime(file.detected)}
                  {" · "}
                  {say("case.items.shown", { n: number(file.items), m: number(file.items_open) })}
                </p>
                <Files id={file.id} of="case" />
              </section>
            ))}
            <MoreRows list={list} />
          </>
        )}
      </Shown>
    </>
  );
}
