// Open cases by their stage: a column for each, and buttons to move one on or back.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { Case } from "../../api/types";
import { formatTime } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox, Shown } from "../../parts/States";
import { AdvanceDialog } from "./CaseDialogs";
import { STAGES } from "./parts";

function Card({ file, onAsk }: { file: Case; onAsk: (file: Case, to: Case["stage"]) => void }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const advance = useChange("post", "/api/v1/cases/{id}/stage");
  const at = STAGES.indexOf(file.stage);
  const next = STAGES[at + 1];
  const back = at > 0 && at <= STAGES.indexOf("removing") ? STAGES[at - 1] : at > STAGES.indexOf("removing") ? ("removing" as const) : undefined;
  return (
    <li className="card" data-case={file.number}>
      <Link to="/cases/$id" params={{ id: file.id }}>
        <b>
          <Hostile text={file.title} />
        </b>
      </Link>
      <div className="small dim">
        {`${say("case.number.shown", { n: number(file.number) })} · ${say("case.items.shown", { n: number(file.items), m: number(file.items_open) })}`}
        {file.serious ? <span className="c-critical">{` · ${say("case.serious")}`}</span> : null}
        {file.relapses > 0 ? <span className="c-critical">{` · ${say("item.relapsed", { n: number(file.relapses) })}`}</span> : null}
      </div>
      <div className="small faint">
        {formatTime(file.detected)}
        {" · "}
        {file.assigned ? <Hostile text={file.assigned} /> : say("case.assigned.nobody")}
      </div>
      {advance.error ? <ErrorBox error={advance.error} /> : null}
      {may("case:write") ? (
        <span className="row">
          {back ? (
            <button
              type="button"
              className="btn sm"
              title={say("cases.board.back", { stage: say(`case.stage.${back}`) })}
              aria-label={`${say("cases.board.back", { stage: say(`case.stage.${back}`) })}: ${file.title}`}
              onClick={() => {
                onAsk(file, back);
              }}
            >
              <Icon name="undo" />
            </button>
          ) : null}
          {next ? (
            <button
              type="button"
              className="btn sm end"
              title={say("cases.board.next", { stage: say(`case.stage.${next}`) })}
              aria-label={`${say("cases.board.next", { stage: say(`case.stage.${next}`) })}: ${file.title}`}
              disabled={advance.isPending}
              onClick={() => {
                if (next === "acknowledged") onAsk(file, next);
                else advance.mutate({ id: file.id, body: { stage: next } });
              }}
            >
              <Icon name="right" />
            </button>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}

function Column({ stage, query, onAsk }: { stage: Case["stage"]; query: Record<string, string>; onAsk: (file: Case, to: Case["stage"]) => void }) {
  const { say, number } = useWords();
  const list = useList("/api/v1/cases", { query: { ...query, state: "open", stage, limit: "50" } });
  const count = list.data?.length ?? 0;
  return (
    <section className="column" aria-labelledby={`stage-${stage}`} data-stage={stage}>
      <h2 id={`stage-${stage}`} className="small">
        {say(`case.stage.${stage}`)} <span className="faint">{`${number(count)}${list.hasNextPage ? "+" : ""}`}</span>
      </h2>
      <Shown reading={list} rows={2}>
        {(files) =>
          files.length === 0 ? (
            <p className="faint small">{say("cases.board.none")}</p>
          ) : (
            <ul className="plain">
              {files.map((file) => (
                <Card key={file.id} file={file} onAsk={onAsk} />
              ))}
            </ul>
          )
        }
      </Shown>
      <MoreRows list={list} bare />
    </section>
  );
}

export function CasesBoard({ query }: { query: Record<string, string> }) {
  const { say } = useWords();
  const [asked, setAsked] = useState<{ file: Case; to: Case["stage"] } | null>(null);
  return (
    <>
      <div className="board" role="group" aria-label={say("cases.view.board")} tabIndex={0}>
        {STAGES.filter((stage) => stage !== "acknowledged").map((stage) => (
          <Column
            key={stage}
            stage={stage}
            query={query}
            onAsk={(file, to) => {
              setAsked({ file, to });
            }}
          />
        ))}
      </div>
      {asked ? (
        <AdvanceDialog
          file={asked.file}
          to={asked.to}
          onClose={() => {
            setAsked(null);
          }}
        />
      ) : null}
    </>
  );
}
