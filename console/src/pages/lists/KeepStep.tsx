// Compare and keep: which series it belongs to, what stood before it, and what is done besides keeping it.
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useKeep } from "../../api/lists";
import { useList } from "../../api/resource";
import type { ListReading } from "../../api/types";
import { plainName, type Choices } from "../../base/list_choices";
import { formatTime } from "../../base/time";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";
import { AccountSentence } from "./Account";
import { forgetImport } from "./import_state";
import { LetterNumber } from "./parts";

export interface KeepWishes {
  indicators: boolean;
  profile: string; // name under which the mapping is kept; empty: it is not
}

interface CompareProps {
  reading: ListReading;
  onSeries: (series: string) => void; // empty: as it is called by itself
}
export function CompareStep({ reading, onSeries }: CompareProps) {
  const { say } = useWords();
  const known = useList("/api/v1/lists");
  const names = [...new Set((known.data ?? []).map(({ series }) => series))];
  const [series, setSeries] = useState(reading.series);
  const before = reading.previous;
  return (
    <section className="sec wide">
      <header>
        <h2>{say("lists.step.compare")}</h2>
      </header>
      {before ? (
        <p>
          {say("lists.previous")}{" "}
          <Link to="/lists/$id" params={{ id: before.id }}>
            <Hostile text={before.name} />
          </Link>
          {" · "}
          <LetterNumber letter={before} />
          {" · "}
          {formatTime(before.kept)}
        </p>
      ) : (
        <p className="state">
          <Mark kind="unknown" tone="c-unk" />
          {say("lists.previous.none")}
        </p>
      )}
      <p className="dim">{say("lists.previous.note")}</p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          onSeries(series);
        }}
      >
        <TextField label={say("lists.series")} name="series" list="known-series" value={series} maxLength={200} autoComplete="off" onChange={setSeries} />
        <datalist id="known-series">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <button type="submit" className="btn">
          {say("lists.series.set")}
        </button>
      </form>
    </section>
  );
}

interface KeepProps {
  id: string;
  reading: ListReading;
  wishes: KeepWishes;
  onWish: (wishes: KeepWishes) => void;
  choices: Choices;
}
export function KeepStep({ id, reading, choices, wishes, onWish }: KeepProps) {
  const { say, number } = useWords();
  const navigate = useNavigate();
  const keeping = useKeep(id);
  const [own, setOwn] = useState(false);
  const c2 = reading.columns.some((column) => column.role === "c2");
  const open = reading.questions.length;
  return (
    <section className="sec wide">
      <header>
        <h2>{say("lists.step.keep")}</h2>
      </header>
      <p className="row">
        <AccountSentence counts={reading.counts} />
      </p>
      {reading.same_as ? (
        <label className="row">
          <input
            type="checkbox"
            name="own"
            checked={own}
            onChange={(event) => {
              setOwn(event.target.checked);
            }}
          />
          {say("lists.keep.own")}
        </label>
      ) : null}
      {c2 ? (
        <label className="row">
          <input
            type="checkbox"
            name="indicators"
            checked={wishes.indicators}
            onChange={(event) => {
              onWish({ ...wishes, indicators: event.target.checked });
            }}
          />
          {say("lists.keep.indicators")}
        </label>
      ) : null}
      <div className="narrow">
        <TextField
          label={say("lists.keep.profile")}
          name="profile"
          value={wishes.profile}
          maxLength={64}
          autoComplete="off"
          onChange={(profile) => {
            onWish({ ...wishes, profile });
          }}
        />
      </div>
      {keeping.error ? <ErrorBox error={keeping.error} /> : null}
      <p className="row">
        <button
          type="button"
          className="btn pri"
          disabled={keeping.isPending || open > 0}
          onClick={() => {
            keeping.mutate(
              { ...choices, ...(plainName(wishes.profile) ? { save_profile: plainName(wishes.profile) } : {}), ...(own ? { own } : {}), indicators: c2 && wishes.indicators },
              {
                onSuccess: ({ list }) => {
                  forgetImport();
                  void navigate({ to: "/lists/$id", params: { id: list.id } });
                },
              },
            );
          }}
        >
          {say("lists.keep.do", { n: number(reading.counts.accepted) })}
        </button>
        {open > 0 ? <span className="c-medium">{say("lists.decide.first", { n: number(open) })}</span> : null}
      </p>
      <p className="dim small">{say("lists.keep.note")}</p>
    </section>
  );
}
