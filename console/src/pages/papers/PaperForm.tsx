// What a paper says, field by field: the facts stand there, what is missing is marked, and a person's word goes before the facts.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { Paper, PaperField } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox, Shown } from "../../parts/States";

// Words of choices that are ticked, with "; " between.
const ticked = (value: string): string[] =>
  value
    .split(";")
    .map((one) => one.trim())
    .filter(Boolean);

function Control({ field, value, onChange, disabled }: { field: PaperField; value: string; onChange: (value: string) => void; disabled: boolean }) {
  const { say } = useWords();
  if (field.form === "choice")
    return (
      <select
        className="input"
        name={field.name}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        <option value="">{say("paper.field.choose")}</option>
        {field.choices.map((one) => (
          <option key={one.word} value={one.word}>
            {one.title_vi}
          </option>
        ))}
      </select>
    );
  if (field.form === "choices") {
    const chosen = ticked(value);
    return (
      <span className="row" style={{ flexWrap: "wrap" }}>
        {field.choices.map((one) => (
          <label key={one.word} className="row small">
            <input
              type="checkbox"
              disabled={disabled}
              checked={chosen.some((word) => word === one.word || word.startsWith(`${one.word}:`))}
              onChange={(event) => {
                onChange((event.target.checked ? [...chosen, one.word] : chosen.filter((word) => word !== one.word && !word.startsWith(`${one.word}:`))).join("; "));
              }}
            />
            {one.title_vi}
          </label>
        ))}
      </span>
    );
  }
  if (field.form === "text")
    return (
      <textarea
        className="input"
        name={field.name}
        rows={3}
        maxLength={20_000}
        value={value}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    );
  return (
    <input
      className="input"
      name={field.name}
      maxLength={20_000}
      value={value}
      disabled={disabled}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    />
  );
}

function FieldRow({ field, value, onChange, disabled }: { field: PaperField; value: string; onChange: (value: string) => void; disabled: boolean }) {
  const { say, language } = useWords();
  const label = language === "vi" ? field.label_vi : field.label;
  const remedy = language === "vi" ? field.remedy_vi : field.remedy;
  const lacking = field.required && !field.once && value.trim() === "";
  const name = (
    <span>
      {lacking ? <Mark kind="unknown" tone="c-high" /> : null} {label}
      {field.required ? " *" : ""}
    </span>
  );
  return (
    <div className={lacking ? "paper-field lacking" : "paper-field"} data-field={field.name}>
      {field.form === "choices" ? (
        <fieldset className="labelled">
          <legend>{name}</legend>
          <Control field={field} value={value} onChange={onChange} disabled={disabled} />
        </fieldset>
      ) : (
        <label className="labelled">
          {name}
          <Control field={field} value={value} onChange={onChange} disabled={disabled} />
        </label>
      )}
      {lacking && remedy ? <p className="small c-high">{remedy}</p> : null}
      {field.changed && field.fact !== "" && !disabled ? (
        <p className="small faint">
          <Hostile text={say("paper.field.fact", { text: field.fact })} />{" "}
          <button
            type="button"
            className="btn sm"
            onClick={() => {
              onChange(field.fact);
            }}
          >
            {say("paper.field.back")}
          </button>
        </p>
      ) : null}
    </div>
  );
}

export function PaperForm({ paper, mayChange }: { paper: Paper; mayChange: boolean }) {
  const { say } = useWords();
  const reading = useResource("/api/v1/papers/{id}/fields", { id: paper.id });
  const change = useChange("patch", "/api/v1/papers/{id}");
  const [words, setWords] = useState<Record<string, string>>({});
  const disabled = !mayChange || paper.state !== "draft";
  const save = (anew: boolean) => {
    // What says the same as the fact is the fact's again.
    const fields = Object.fromEntries(Object.entries(words).map(([name, text]) => [name, reading.data?.fields.find((one) => one.name === name)?.fact === text ? "" : text]));
    change.mutate(
      { id: paper.id, version: paper.version, body: { fields, ...(anew ? { anew } : {}) } },
      {
        onSuccess: () => {
          setWords({});
        },
      },
    );
  };
  return (
    <section className="sec wide" aria-labelledby="paper-fields">
      <header>
        <h2 id="paper-fields">{say("paper.fields")}</h2>
      </header>
      <Shown reading={reading}>
        {(answer) => (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              save(false);
            }}
          >
            {answer.fields.map((field) => (
              <FieldRow
                key={field.name}
                field={field}
                disabled={disabled}
                value={words[field.name] ?? field.value}
                onChange={(value) => {
                  setWords((before) => ({ ...before, [field.name]: value }));
                }}
              />
            ))}
            {change.error ? <ErrorBox error={change.error} /> : null}
            {disabled ? null : (
              <footer className="row">
                <button type="submit" className="btn" disabled={change.isPending || Object.keys(words).length === 0}>
                  {say("paper.save")}
                </button>
                <button
                  type="button"
                  className="btn"
                  disabled={change.isPending}
                  onClick={() => {
                    save(true);
                  }}
                >
                  {say("paper.anew")}
                </button>
                {change.isSuccess && Object.keys(words).length === 0 ? (
                  <span className="state c-ok" role="status">
                    <Mark kind="closed" tone="c-ok" />
                    {say("paper.saved")}
                  </span>
                ) : null}
              </footer>
            )}
          </form>
        )}
      </Shown>
    </section>
  );
}
