// What stands on the left of an import, by step.
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { uploadRejected } from "../../api/lists";
import type { ListReading } from "../../api/types";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";
import { Attributed } from "./Attributed";
import { DropZone } from "./DropZone";
import type { useImport } from "./import_state";
import { CompareStep, KeepStep, type KeepWishes } from "./KeepStep";
import { useUpload } from "./ListsPage";
import { MapTable } from "./MapTable";
import { ReadStep } from "./ReadStep";
import type { Step } from "./Steps";

function FileStep() {
  const { say } = useWords();
  const upload = useUpload();
  return (
    <div className="pad">
      {upload.error ? (
        <>
          <ErrorBox error={upload.error} />
          {upload.error.details["reason_code"] === "list-secret" ? null : <p className="dim">{say("lists.refused")}</p>}
        </>
      ) : null}
      <DropZone
        busy={upload.isPending}
        onFile={(file, name) => {
          upload.mutate({ file, name });
        }}
      />
    </div>
  );
}

const OUTCOMES = ["all", "accepted", "duplicate", "rejected"] as const;

function AccountStep({ reading, id, onRole }: { reading: ListReading; id: string; onRole: (key: string, role: string) => void }) {
  const { say, number } = useWords();
  const [shown, setShown] = useState<(typeof OUTCOMES)[number]>(reading.counts.rejected > 0 ? "rejected" : "all");
  const rows = useMemo(() => (shown === "all" ? reading.rows : reading.rows.filter((row) => row.outcome === shown)), [reading, shown]);
  const whole = shown === "all" ? reading.counts.read : reading.counts[shown];
  return (
    <>
      <div className="filters">
        {OUTCOMES.map((one) => (
          <button
            key={one}
            type="button"
            className="btn"
            aria-pressed={shown === one}
            onClick={() => {
              setShown(one);
            }}
          >
            {say(`lists.show.${one}`)} {number(one === "all" ? reading.counts.read : reading.counts[one])}
          </button>
        ))}
        {rows.length < whole ? <span className="dim small">{say("lists.shown", { n: number(rows.length), m: number(whole) })}</span> : null}
        {reading.counts.rejected > 0 ? (
          <a className="end small" href={uploadRejected(id)} download>
            {say("lists.rejected.get", { n: number(reading.counts.rejected) })}
          </a>
        ) : null}
      </div>
      <MapTable reading={reading} rows={rows} onRole={onRole} />
    </>
  );
}

type Props =
  | { step: "file" }
  | { step: Step; id: string; reading: ListReading; state: ReturnType<typeof useImport>; wishes: KeepWishes; onWish: (wishes: KeepWishes) => void; onAnswer: (about: string, choice: string) => void };
export function Body(props: Props) {
  const { say } = useWords();
  if (!("reading" in props)) return <FileStep />;
  const { step, id, reading, state, wishes, onWish, onAnswer } = props;
  switch (step) {
    case "file":
      return <FileStep />;
    case "read":
      return <ReadStep reading={reading} onLetter={state.setLetter} onAnswer={onAnswer} onProfile={state.setProfile} />;
    case "columns":
      return <MapTable reading={reading} rows={reading.rows} onRole={state.setRole} />;
    case "account":
      return <AccountStep reading={reading} id={id} onRole={state.setRole} />;
    case "whose":
      return (
        <section className="sec wide">
          <header>
            <h2>{say("lists.step.whose")}</h2>
          </header>
          <Attributed attribution={reading.attribution} organisations={reading.attribution.organisations} />
          <p className="dim">
            {say("lists.whose.note")} <Link to="/directory">{say("page.directory")}</Link>
          </p>
        </section>
      );
    case "compare":
      return <CompareStep key={reading.series} reading={reading} onSeries={state.setSeries} />;
    case "keep":
      return <KeepStep id={id} reading={reading} choices={state.choices} wishes={wishes} onWish={onWish} />;
  }
}
