// Says something of an organisation: what, from when to when, and by which paper. It waits for approval unless one may approve.
import { useState } from "react";
import { useChange } from "../../api/resource";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { useWords } from "../../parts/preferences";
import { useMe, useOrganisations } from "../../parts/session";
import { bodyOf, FIELDS, type FactField, type Kind } from "./kinds";
import { today, useFieldWords } from "./parts";

interface OneProps {
  field: FactField;
  value: string;
  onChange: (text: string) => void;
}

function Pick({ label, field, value, onChange, options }: OneProps & { label: string; options: readonly (readonly [value: string, words: string])[] }) {
  const { say } = useWords();
  return (
    <label className="labelled">
      <span>{label}</span>
      <select
        className="input"
        name={field.name}
        required={field.required}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        <option value="">{say("directory.choose")}</option>
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function One({ field, value, onChange }: OneProps) {
  const { say } = useWords();
  const { items } = useOrganisations();
  const words = useFieldWords();
  const label = field.required ? words(field.name) : say("directory.optional", { what: words(field.name) });
  if (field.form === "organisation") return <Pick label={label} field={field} value={value} onChange={onChange} options={items.map(({ id, name }) => [id, name] as const)} />;
  if (field.form === "word") return <Pick label={label} field={field} value={value} onChange={onChange} options={(field.words ?? []).map((word) => [word, say(`directory.word.${word}`)] as const)} />;
  if (field.form === "lines")
    return (
      <label className="labelled">
        <span>{say("directory.lines", { what: label })}</span>
        <textarea
          className="input mono"
          name={field.name}
          rows={3}
          required={field.required}
          spellCheck={false}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      </label>
    );
  return (
    <TextField
      label={label}
      name={field.name}
      value={value}
      onChange={onChange}
      required={field.required ?? false}
      maxLength={field.most ?? 300}
      autoComplete="off"
      {...(field.form === "level" ? { type: "number", min: 1, max: 5 } : field.form === "date" ? { type: "date" } : {})}
      {...(field.form === "mono" ? { className: "mono", spellCheck: false } : {})}
    />
  );
}

export function FactDialog({ kind, onClose }: { kind: Kind; onClose: () => void }) {
  const { say } = useWords();
  const { may, organisation: own } = useMe();
  const { items } = useOrganisations();
  const propose = useChange("post", "/api/v1/facts");
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [organisation, setOrganisation] = useState(own ?? items[0]?.id ?? "");
  const [from, setFrom] = useState(today);
  const [until, setUntil] = useState("");
  const [document, setDocument] = useState("");
  const both = may("directory:approve");
  return (
    <AskDialog
      title={say(`directory.add.${kind}`)}
      note={say(both ? "directory.add.note" : "directory.propose.note")}
      verb={say(both ? "directory.add.do" : "directory.propose.do")}
      busy={propose.isPending}
      error={propose.error}
      onClose={onClose}
      onConfirm={() => {
        propose.mutate(
          { body: { kind, organisation, body: bodyOf(kind, typed), from: `${from}T00:00:00+07:00`, ...(until ? { until: `${until}T00:00:00+07:00` } : {}), document: document.trim() } },
          { onSuccess: onClose },
        );
      }}
    >
      <Pick
        label={say("directory.organisation")}
        field={{ name: "organisation", form: "organisation", required: true }}
        value={organisation}
        onChange={setOrganisation}
        options={items.map(({ id, name }) => [id, name] as const)}
      />
      {FIELDS[kind].map((field) => (
        <One
          key={field.name}
          field={field}
          value={typed[field.name] ?? ""}
          onChange={(text) => {
            setTyped((before) => ({ ...before, [field.name]: text }));
          }}
        />
      ))}
      <TextField label={say("directory.document")} name="document" value={document} onChange={setDocument} maxLength={300} required autoComplete="off" />
      <TextField label={say("directory.from")} name="from" type="date" value={from} onChange={setFrom} required />
      <TextField label={say("directory.until")} name="until" type="date" value={until} onChange={setUntil} />
    </AskDialog>
  );
}
