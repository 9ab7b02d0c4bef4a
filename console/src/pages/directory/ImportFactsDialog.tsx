// Facts out of a table: first what would come of it, each refused line with its reason, then the same kept.
import { useState } from "react";
import { useChange } from "../../api/resource";
import type { FactImport } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { FIELDS, type Kind } from "./kinds";
import { today, useFieldWords, useValidity } from "./parts";

const base64 = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

export function Preview({ answer }: { answer: FactImport }) {
  const { say, number, why } = useWords();
  const validity = useValidity();
  const words = useFieldWords();
  const unread = answer.columns.filter(({ field }) => field === "");
  return (
    <div data-testid="import-preview">
      <p>
        <b>{say("directory.import.read", { n: number(answer.read) })}</b>
        {" = "}
        {(["added", "changed", "same", "refused"] as const).map((part, at) => (
          <span key={part} className={part === "refused" && answer.refused > 0 ? "c-critical" : undefined}>
            {at > 0 ? " + " : null}
            {say(`directory.import.${part}`, { n: number(answer[part]) })}
          </span>
        ))}
      </p>
      {unread.length > 0 ? (
        <p className="c-medium">
          {say("directory.import.unread")}
          {": "}
          <Hostile text={unread.map(({ header }) => header).join(", ")} />
        </p>
      ) : null}
      {answer.organisations.length > 0 ? (
        <p>
          {say("directory.import.organisations")}
          {": "}
          <Hostile text={answer.organisations.join(", ")} />
        </p>
      ) : null}
      {answer.changes.length > 0 ? (
        <ul className="plain small">
          {answer.changes.map(({ line, before, after }) => (
            <li key={line}>
              {say("directory.import.line", { n: number(line) })}
              {": "}
              <Hostile text={after.subject} /> · <Hostile text={before.organisation_name} />, {validity(before.from, before.until)} → <Hostile text={after.organisation_name} />,{" "}
              {validity(after.from, after.until)}
            </li>
          ))}
        </ul>
      ) : null}
      {answer.reasons.length > 0 ? (
        <ul className="plain small">
          {answer.reasons.map(({ line, field, reason, reason_code, reason_values }) => (
            <li key={`${String(line)} ${reason}`}>
              {say("directory.import.line", { n: number(line) })}
              {": "}
              {field ? `${words(field)}: ` : null}
              <Hostile text={why({ text: reason, code: reason_code, values: reason_values })} />
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

export function ImportFactsDialog({ kind, onClose }: { kind: Kind; onClose: () => void }) {
  const { say } = useWords();
  const { may } = useMe();
  const run = useChange("post", "/api/v1/facts/import");
  const [text, setText] = useState("");
  const [data, setData] = useState("");
  const [document, setDocument] = useState("");
  const [from, setFrom] = useState(today);
  const [create, setCreate] = useState(false);
  const answer = run.data;
  const seen = answer !== undefined && !answer.kept;
  const again = () => {
    run.reset();
  };
  return (
    <AskDialog
      title={say("directory.import.title", { what: say(`directory.kind.${kind}`) })}
      note={say("directory.import.note", { columns: ["organisation", ...FIELDS[kind].map(({ name }) => name), "from", "until"].join(", ") })}
      verb={say(answer?.kept ? "do.done" : seen ? "directory.import.keep" : "directory.import.look")}
      busy={run.isPending || (text.trim() === "" && data === "")}
      error={run.error}
      onClose={onClose}
      onConfirm={() => {
        if (answer?.kept) onClose();
        else
          run.mutate({
            body: { kind, ...(data === "" ? { text } : { data }), preview: !seen, document: document.trim(), from: `${from}T00:00:00+07:00`, ...(create ? { create_organisations: true } : {}) },
          });
      }}
    >
      <label className="labelled">
        <span>{say("directory.import.file")}</span>
        <input
          type="file"
          name="file"
          accept=".csv,.tsv,.txt,.xlsx,.json"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            again();
            if (file)
              void file.arrayBuffer().then((bytes) => {
                setData(base64(new Uint8Array(bytes)));
              });
            else setData("");
          }}
        />
      </label>
      <label className="labelled">
        <span>{say("directory.import.paste")}</span>
        <textarea
          className="input mono"
          name="text"
          rows={5}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            again();
            setText(event.target.value);
          }}
        />
      </label>
      <TextField label={say("directory.document")} name="document" value={document} onChange={setDocument} maxLength={200} required autoComplete="off" />
      <TextField label={say("directory.import.from")} name="from" type="date" value={from} onChange={setFrom} required />
      {may("organisation:write") ? (
        <label className="row small">
          <input
            type="checkbox"
            name="create"
            checked={create}
            onChange={(event) => {
              again();
              setCreate(event.target.checked);
            }}
          />
          {say("directory.import.create")}
        </label>
      ) : null}
      {answer ? <Preview answer={answer} /> : null}
    </AskDialog>
  );
}
