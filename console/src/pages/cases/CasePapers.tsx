// Beside a case: its papers, and new ones of it.
import { Link, useNavigate } from "@tanstack/react-router";
import { useChange, useList } from "../../api/resource";
import type { Case } from "../../api/types";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";

const DRAFTED = ["mau-03", "mau-04", "notice", "reply"] as const;

export function Papers({ file }: { file: Case }) {
  const { say, number, language } = useWords();
  const { may } = useMe();
  const go = useNavigate();
  const list = useList("/api/v1/papers", { query: { case: file.id } });
  const forms = useList("/api/v1/paper-forms");
  const add = useChange("post", "/api/v1/papers");
  const named = (code: string) => {
    const form = forms.data?.find((one) => one.code === code);
    return form ? (language === "vi" ? form.title_vi : form.title) : code;
  };
  const offered = (forms.data ?? []).filter((one) => DRAFTED.some((code) => code === one.code));
  return (
    <section className="sec" aria-labelledby="case-papers">
      <header>
        <h2 id="case-papers">{say("paper.of_case")}</h2>
      </header>
      <Shown reading={list} rows={2}>
        {(papers) =>
          papers.length === 0 ? (
            <p className="faint">{say("paper.none")}</p>
          ) : (
            <ul className="plain" data-testid="case-papers">
              {papers.map((paper) => (
                <li key={paper.id}>
                  <span className="state">
                    <Mark kind={paper.state === "acknowledged" ? "closed" : paper.state === "draft" ? "new" : "acknowledged"} tone={paper.state === "acknowledged" ? "c-ok" : ""} />
                    <Link to="/papers/$id" params={{ id: paper.id }}>
                      {`${number(paper.number)} · ${named(paper.form)}`}
                    </Link>
                  </span>{" "}
                  <span className="small dim">{say(`paper.state.${paper.state}`)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {may("paper:draft") ? (
        <p className="row" style={{ flexWrap: "wrap" }}>
          {offered.map((form) => (
            <button
              key={form.code}
              type="button"
              className="btn sm"
              disabled={add.isPending}
              onClick={() => {
                add.mutate(
                  { body: { form: form.code, case: file.id } },
                  {
                    onSuccess: (made) => {
                      void go({ to: "/papers/$id", params: { id: made.id } });
                    },
                  },
                );
              }}
            >
              <Icon name="plus" />
              {named(form.code)}
            </button>
          ))}
        </p>
      ) : null}
      {add.error ? <ErrorBox error={add.error} /> : null}
    </section>
  );
}
