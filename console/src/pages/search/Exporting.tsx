// Files of what was found: it says before what goes in, and masks what the account may not show. Evidence is the bytes
// themselves with their proof, for which the server wants a reason.
import { useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { exportEvents, exportEvidence, type Question } from "../../api/search";
import { formatTime } from "../../base/time";
import { Dialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox } from "../../parts/States";

export const FORMATS = ["ndjson", "csv", "parquet"] as const;

// 'su-kien-20261128-0307.ndjson': the time is the file's, in GMT+7.
export const fileName = (stem: string, end: string, now: number): string => `${stem}-${formatTime(now).replace(/^(\d+)\/(\d+)\/(\d+) (\d+):(\d+):\d+$/, "$3$2$1-$4$5")}.${end}`;

function give(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
}

// A file on its way: how much has come, what went wrong, and how to stop it.
function useFile() {
  const [bytes, setBytes] = useState<number | null>(null);
  const [done, setDone] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const controller = useRef<AbortController | null>(null);
  const take = (name: string, file: (signal: AbortSignal, grown: (bytes: number) => void) => Promise<Blob>) => {
    const now = new AbortController();
    controller.current = now;
    setBytes(0);
    setError(null);
    setDone("");
    file(now.signal, setBytes).then((blob) => { give(blob, name); setDone(name); }, (cause: unknown) => { if (!now.signal.aborted) setError(cause instanceof ApiError ? cause : new ApiError(0, String(cause), "internal", undefined)); }).finally(() => { setBytes(null); });
  };
  return { bytes, done, error, take, stop: () => { controller.current?.abort(); } };
}

function Progress({ file }: { file: ReturnType<typeof useFile> }) {
  const { say, bytes } = useWords();
  return (
    <>
      {file.error ? <ErrorBox error={file.error} /> : null}
      {file.bytes !== null ? <p className="row" role="status">{say("search.export.coming", { n: bytes(file.bytes) })}<button type="button" className="btn sm" onClick={file.stop}>{say("search.stop")}</button></p> : null}
      {file.done ? <p className="state c-ok" role="status"><Mark kind="closed" tone="c-ok" />{say("search.export.done", { name: file.done })}</p> : null}
    </>
  );
}

export function ExportDialog({ question, count, onClose }: { question: Question; count: number | undefined; onClose: () => void }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const [format, setFormat] = useState<(typeof FORMATS)[number]>("ndjson");
  const [masked, setMasked] = useState(question.masked);
  const refused = masked && format === "parquet"; // its columns cannot be masked one by one
  const file = useFile();
  const shut = () => { file.stop(); onClose(); };
  return (
    <Dialog title={say("search.export.title")} onClose={shut}>
      <form onSubmit={(event) => { event.preventDefault(); const name = fileName(say("search.export.stem"), format, Date.now()); file.take(name, (signal, grown) => exportEvents({ ...question, masked }, format, signal, grown)); }}>
        <dl className="kv"><dt>{say("search.export.rows")}</dt><dd>{count === undefined ? say("search.export.unknown") : number(count)}</dd><dt>{say("search.query")}</dt><dd className="mono small"><Hostile text={question.q || say("search.everything")} /></dd><dt>{say("search.range")}</dt><dd>{formatTime(question.from)}{" – "}{formatTime(question.to)}{" "}{say("app.zone")}</dd><dt>{say("search.export.columns")}</dt><dd>{say("search.export.all")}</dd><dt>{say("search.export.masking")}</dt><dd>{masked ? say("search.export.masked") : <span className="c-high">{say("search.export.clear")}</span>}</dd></dl>
        <fieldset className="choices"><legend className="small faint">{say("search.export.format")}</legend>{FORMATS.map((name) => <label key={name} className="row"><input type="radio" name="format" value={name} checked={format === name} onChange={() => { setFormat(name); }} /><b className="mono">{name}</b><span className="dim small">{say(`search.export.${name}`)}</span></label>)}</fieldset>
        {may("personal:reveal") ? <label className="row"><input type="checkbox" name="clear" checked={!masked} onChange={(event) => { setMasked(!event.target.checked); }} />{say("search.export.clear")}</label> : null}
        {refused ? <p className="c-high small" role="status">{say("search.export.refused")}</p> : null}
        <Progress file={file} />
        <footer><button type="button" className="btn end" onClick={shut}>{say(file.done ? "do.shut" : "do.cancel")}</button><button type="submit" className="btn pri" data-autofocus disabled={file.bytes !== null || refused}>{count === undefined ? say("search.export.do") : say("search.export.count", { n: number(count) })}</button></footer>
      </form>
    </Dialog>
  );
}

export function EvidenceDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { say, number } = useWords();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const file = useFile();
  const short = reason.trim().length < 3;
  const shut = () => { file.stop(); onClose(); };
  return (
    <Dialog title={say("search.evidence.title", { n: number(ids.length) })} onClose={shut}>
      <form onSubmit={(event) => { event.preventDefault(); setTried(true); if (!short) file.take(fileName(say("search.evidence.stem"), "zip", Date.now()), (signal, grown) => exportEvidence(ids, reason.trim(), signal, grown)); }}>
        <p className="dim">{say("search.evidence.note")}</p>
        <label className="labelled"><span>{say("ask.reason")}</span><textarea className="input" data-autofocus rows={3} maxLength={500} value={reason} onChange={(event) => { setReason(event.target.value); }} /></label>
        {tried && short ? <p className="c-critical" role="alert">{say("ask.short")}</p> : null}
        <Progress file={file} />
        <footer><button type="button" className="btn end" onClick={shut}>{say(file.done ? "do.shut" : "do.cancel")}</button><button type="submit" className="btn pri" disabled={file.bytes !== null}>{say("search.evidence.do", { n: number(ids.length) })}</button></footer>
      </form>
    </Dialog>
  );
}
