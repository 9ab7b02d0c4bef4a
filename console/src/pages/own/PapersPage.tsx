// The cases of an organisation with their stage, their files and what happened.
import { Link } from "@tanstack/react-router";
import { useList } from "../../api/resource";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";
import { Files } from "./AnsweredPage";

export function Page() {
  const { say, number } = useWords();
  const list = useList("/api/v1/cases", { query: { limit: "50" } });
  return (
    <>
      <section className="part">
        <h1>{say("page.own.papers")}</h1>
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
