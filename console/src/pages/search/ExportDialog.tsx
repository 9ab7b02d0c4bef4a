// A file of what was found: it says before what goes in, and masks what the account may not show.
import { useState } from "react";
import { exportEvents, type Question } from "../../api/search";
import { formatTime } from "../../base/time";
import { Dialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { fileName, Progress, useFile } from "./file";

export const FORMATS = ["ndjson", "csv", "parquet"] as const;

export function ExportDialog({ question, count, onClose }: { question: Question; count: number | undefined; onClose: () => void }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const [format, setFormat] = useState<(typeof FORMATS)[number]>("ndjson");
  const [masked, setMasked] = useState(question.masked);
  const refused = masked && format === "parquet"; // its columns cannot be masked one by one
  const file = useFile();
  const shut = () => {
    file.stop();
    onClose();
  };
  return (
    <Dialog title={say("search.export.title")} onClose={shut}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const name = fileName(say("search.export.stem"), format, Date.now());
          file.take(name, (signal, grown) => exportEvents({ ...question, masked }, format, signal, grown));
        }}
      >
        <dl className="kv">
          <dt>{say("search.export.rows")}</dt>
          <dd>{count === undefined ? say("search.export.unknown") : number(count)}</dd>
          <dt>{say("search.query")}</dt>
          <dd className="mono small">
            <Hostile text={question.q || say("search.everything")} />
          </dd>
          <dt>{say("search.range")}</dt>
          <dd>
            {formatTime(question.from)}
            {" – "}
            {formatTime(question.to)} {say("app.zone")}
          </dd>
          <dt>{say("search.export.columns")}</dt>
          <dd>{say("search.export.all")}</dd>
          <dt>{say("search.export.masking")}</dt>
          <dd>{masked ? say("search.export.masked") : <span className="c-high">{say("search.export.clear")}</span>}</dd>
        </dl>
        <fieldset className="choices">
          <legend className="small faint">{say("search.export.format")}</legend>
          {FORMATS.map((name) => (
            <label key={name} className="row">
              <input
                type="radio"
                name="format"
                value={name}
                checked={format === name}
                onChange={() => {
                  setFormat(name);
                }}
              />
              <b className="mono">{name}</b>
              <span className="dim small">{say(`search.export.${name}`)}</span>
            </label>
          ))}
        </fieldset>
        {may("personal:reveal") ? (
          <label className="row">
            <input
              type="checkbox"
              name="clear"
              checked={!masked}
              onChange={(event) => {
                setMasked(!event.target.checked);
              }}
            />
            {say("search.export.clear")}
          </label>
        ) : null}
        {refused ? (
          <p className="c-high small" role="status">
            {say("search.export.refused")}
          </p>
        ) : null}
        <Progress file={file} />
        <footer>
          <button type="button" className="btn end" onClick={shut}>
            {say(file.done ? "do.shut" : "do.cancel")}
          </button>
          <button type="submit" className="btn pri" data-autofocus disabled={file.bytes !== null || refused}>
            {count === undefined ? say("search.export.do") : say("search.export.count", { n: number(count) })}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
