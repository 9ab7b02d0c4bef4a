// One profile: shown as it is, or changed where it is people's own; and tried against a file that is not kept.
import { useState } from "react";
import { useProfileSave, useProfileTry, type ProfileDraft } from "../../api/lists";
import type { ListProfile } from "../../api/types";
import { LIST_ROLES } from "../../base/list_choices";
import { columnsText, readColumns, readLines } from "../../base/profile_text";
import { Dialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";

interface LinesProps {
  label: string;
  note: string;
  name: string;
  rows: number;
  value: string;
  fixed: boolean;
  onChange: (text: string) => void;
}
function Lines({ label, note, name, rows, value, fixed, onChange }: LinesProps) {
  return (
    <label className="labelled">
      <span>{label}</span>
      <textarea
        className="input mono"
        name={name}
        rows={rows}
        value={value}
        readOnly={fixed}
        spellCheck={false}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      <span className="small dim">{note}</span>
    </label>
  );
}

function Trial({ profile }: { profile: string }) {
  const { say, number } = useWords();
  const trial = useProfileTry();
  const reading = trial.data;
  return (
    <section>
      <label className="labelled">
        <span>{say("lists.profile.try")}</span>
        <input
          type="file"
          className="input"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) trial.mutate({ file, profile });
          }}
        />
        <span className="small dim">{say("lists.profile.try.note")}</span>
      </label>
      {trial.error ? <ErrorBox error={trial.error} /> : null}
      {reading ? (
        <p role="status" data-testid="tried">
          {say("lists.profile.tried", {
            read: number(reading.counts.read),
            accepted: number(reading.counts.accepted),
            duplicate: number(reading.counts.duplicate),
            rejected: number(reading.counts.rejected),
            questions: number(reading.questions.length),
          })}
        </p>
      ) : null}
    </section>
  );
}

interface Props {
  profile: ListProfile;
  mine: boolean; // may be changed: people's own, or the copy that becomes it
  saved: boolean; // can be tried
  onClose: () => void;
}
export function ProfileDialog({ profile, mine, saved, onClose }: Props) {
  const { say } = useWords();
  const save = useProfileSave();
  const [name, setName] = useState(profile.name);
  const [titles, setTitles] = useState({ vi: profile.title_vi, en: profile.title });
  const [zone, setZone] = useState(profile.zone);
  const [order, setOrder] = useState(profile.date_order ?? "");
  const [columns, setColumns] = useState(() => columnsText(profile.columns));
  const [needed, setNeeded] = useState(() => profile.requires.join("\n"));
  const [words, setWords] = useState(() => (profile.file_words ?? []).join("\n"));
  const read = readColumns(columns);
  const draft = (): ProfileDraft => ({
    title: titles.en,
    title_vi: titles.vi,
    columns: "columns" in read ? read.columns : {},
    zone,
    ...(order === "day-first" || order === "month-first" ? { date_order: order } : {}),
    requires: readLines(needed),
    file_words: readLines(words),
    keeps_others: profile.keeps_others ?? false,
    report: profile.report ?? "",
  });
  return (
    <Dialog title={<Hostile text={profile.title_vi || profile.name} />} onClose={onClose} wide>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if ("columns" in read) save.mutate({ name, draft: draft() }, { onSuccess: onClose });
        }}
      >
        <TextField label={say("lists.profile.name")} name="name" value={name} readOnly={!mine} maxLength={64} required onChange={setName} />
        <TextField
          label={say("lists.profile.title")}
          name="title_vi"
          value={titles.vi}
          readOnly={!mine}
          maxLength={200}
          onChange={(vi) => {
            setTitles({ ...titles, vi });
          }}
        />
        <TextField
          label={say("lists.profile.title.en")}
          name="title"
          value={titles.en}
          readOnly={!mine}
          maxLength={200}
          onChange={(en) => {
            setTitles({ ...titles, en });
          }}
        />
        <TextField label={say("lists.profile.zone")} name="zone" value={zone} readOnly={!mine} maxLength={64} onChange={setZone} />
        <label className="labelled">
          <span>{say("lists.profile.dates")}</span>
          <select
            className="input"
            name="date_order"
            value={order}
            disabled={!mine}
            onChange={(event) => {
              setOrder(event.target.value);
            }}
          >
            <option value="">{say("lists.profile.dates.asked")}</option>
            {(["day-first", "month-first"] as const).map((one) => (
              <option key={one} value={one}>
                {say(`lists.profile.dates.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <Lines label={say("lists.profile.columns")} note={say("lists.profile.columns.note")} name="columns" rows={10} value={columns} fixed={!mine} onChange={setColumns} />
        {mine ? <p className="small dim">{say("lists.profile.roles", { roles: LIST_ROLES.join(", ") })}</p> : null}
        {"bad" in read ? (
          <p className="c-critical" role="alert">
            {say("lists.profile.columns.bad", { n: String(read.bad) })}
          </p>
        ) : null}
        <Lines label={say("lists.profile.requires")} note={say("lists.profile.requires.note")} name="requires" rows={3} value={needed} fixed={!mine} onChange={setNeeded} />
        <Lines label={say("lists.profile.words")} note="" name="file_words" rows={2} value={words} fixed={!mine} onChange={setWords} />
        {mine ? <p className="small dim">{say("lists.profile.try.saved")}</p> : null}
        {saved ? <Trial profile={profile.name} /> : null}
        {save.error ? <ErrorBox error={save.error} /> : null}
        <p className="row">
          {mine ? (
            <button type="submit" className="btn pri" disabled={save.isPending || "bad" in read}>
              {say("lists.profile.save")}
            </button>
          ) : null}
          <button type="button" className="btn" onClick={onClose}>
            {say("do.cancel")}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
