// Begins a hunt, ends one, and tells what one covered and what not.
import { useState } from "react";
import { useChange } from "../../api/resource";
import type { Hunt } from "../../api/types";
import { formatTime } from "../../base/time";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";

export function NewHuntDialog({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const run = useChange("post", "/api/v1/hunts");
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [days, setDays] = useState("90");
  return (
    <AskDialog
      title={say("hunt.new")}
      note={say("hunt.new.note")}
      verb={say("hunt.new")}
      busy={run.isPending}
      error={run.error}
      onClose={onClose}
      onConfirm={() => {
        run.mutate({ body: { name: name.trim(), text, days: Number(days) || 90 } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("hunt.name")} name="name" value={name} onChange={setName} required maxLength={200} autoComplete="off" />
      <label className="labelled">
        <span>{say("hunt.values.label")}</span>
        <textarea
          className="input mono"
          name="values"
          rows={6}
          required
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <TextField label={say("hunt.days")} name="days" type="number" min={1} max={3660} value={days} onChange={setDays} />
    </AskDialog>
  );
}

export function StopDialog({ hunt, onClose }: { hunt: Hunt; onClose: () => void }) {
  const { say } = useWords();
  const stop = useChange("post", "/api/v1/hunts/{id}/stop");
  return (
    <AskDialog
      title={<Hostile text={say("hunt.stop.title", { name: hunt.name })} />}
      note={say("hunt.stop.note")}
      verb={say("hunt.stop")}
      danger
      busy={stop.isPending}
      error={stop.error}
      onClose={onClose}
      onConfirm={() => {
        stop.mutate({ id: hunt.id }, { onSuccess: onClose });
      }}
    />
  );
}

export function Coverage({ hunt }: { hunt: Hunt }) {
  const { say, number } = useWords();
  const coverage = hunt.coverage;
  if (!coverage) return null;
  const unsent = (coverage.sources ?? []).filter((one) => one.without > 0);
  const whole = coverage.days_without.length === 0 && coverage.missing.length === 0 && !coverage.not_yet_searchable;
  return (
    <div data-testid="coverage">
      <p>
        {coverage.first && coverage.last
          ? say("hunt.covered", { k: number(coverage.events), m: number(coverage.parts), from: formatTime(coverage.first), to: formatTime(coverage.last) })
          : say("hunt.covered.none")}
      </p>
      {whole ? <p className="c-ok">{say("hunt.whole")}</p> : null}
      {coverage.days_without.length > 0 ? (
        <>
          <p className="c-unk">{say("hunt.without")}</p>
          <ul>
            {coverage.days_without.map((days) => (
              <li key={days.from} className="mono">
                {days.from === days.to ? days.from : `${days.from} – ${days.to}`}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {coverage.missing.length > 0 ? <p className="c-unk">{say("hunt.missing", { n: number(coverage.missing.length) })}</p> : null}
      {coverage.not_yet_searchable ? <p className="c-unk">{say("hunt.later", { n: number(coverage.not_yet_searchable) })}</p> : null}
      {unsent.map((one) => (
        <p key={one.kind}>
          {say("hunt.unsent", { kind: one.kind })}
          {": "}
          <Hostile text={one.names.join(", ")} />
          {one.without > one.names.length ? ` … (${number(one.without)})` : null}
        </p>
      ))}
      {hunt.known > 0 ? <p>{say("hunt.known", { n: number(hunt.known) })}</p> : null}
      {coverage.skipped_values > 0 ? <p>{say("hunt.skipped", { n: number(coverage.skipped_values) })}</p> : null}
    </div>
  );
}

export function CoverageDialog({ hunt, onClose }: { hunt: Hunt; onClose: () => void }) {
  const { say } = useWords();
  return (
    <Dialog title={say("hunt.coverage")} onClose={onClose}>
      <Coverage hunt={hunt} />
      <footer>
        <button type="button" className="btn pri end" onClick={onClose}>
          {say("do.done")}
        </button>
      </footer>
    </Dialog>
  );
}
