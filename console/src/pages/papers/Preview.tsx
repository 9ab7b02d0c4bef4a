// The real page, as the server draws it for print; a page at a time.
import { useState } from "react";
import { paperFile } from "../../api/papers";
import { useResource } from "../../api/resource";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

export function Preview({ id, version, draft }: { id: string; version: number; draft: boolean }) {
  const { say, number } = useWords();
  const pages = useResource("/api/v1/papers/{id}/pages", { id });
  const [page, setPage] = useState(1);
  return (
    <section className="sec wide" aria-labelledby="paper-preview">
      <header>
        <h2 id="paper-preview">{say("paper.preview")}</h2>
        <span className="row end">
          {pages.data ? <span className="small dim">{say("paper.page", { n: number(Math.min(page, pages.data.pages)), m: number(pages.data.pages) })}</span> : null}
          <button
            type="button"
            className="btn sm"
            disabled={page <= 1}
            onClick={() => {
              setPage(page - 1);
            }}
          >
            {say("paper.page.before")}
          </button>
          <button
            type="button"
            className="btn sm"
            disabled={page >= (pages.data?.pages ?? 1)}
            onClick={() => {
              setPage(page + 1);
            }}
          >
            {say("paper.page.next")}
          </button>
        </span>
      </header>
      <Shown reading={pages} rows={8}>
        {(told) => (
          <figure className={draft ? "paper-page draft" : "paper-page"} data-mark={draft ? say("paper.state.draft") : undefined}>
            <img
              src={paperFile(id, "page", { number: String(Math.min(page, told.pages)), version: String(version) })}
              alt={say("paper.page.alt", { n: number(Math.min(page, told.pages)) })}
              data-testid="paper-page"
            />
          </figure>
        )}
      </Shown>
    </section>
  );
}
