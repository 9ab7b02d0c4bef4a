import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { formatTime } from "../../base/time";
import { makeBackup, type Progress } from "../../api/backup";
import { ApiError } from "../../api/client";
import { useList } from "../../api/resource";
import { AskDialog } from "../../parts/Dialog";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Icon, Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox, Shown } from "../../parts/States";
import { TextField } from "../../parts/Field";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const numberOf = (line: Progress | null, name: string): number => (typeof line?.[name] === "number" ? line[name] : 0);

function useBackup() {
  const queries = useQueryClient();
  const [line, setLine] = useState<Progress | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const make = async (passphrase: string) => {
    setBusy(true);
    setError(null);
    try {
      const last = await makeBackup(passphrase, setLine);
      const problem = last["problem"];
      if (isObject(problem)) setError(new ApiError(Number(problem["status"] ?? 500), String(problem["detail"] ?? ""), String(problem["code"] ?? "internal"), undefined, problem));
    } catch (trouble) {
      setError(trouble instanceof ApiError ? trouble : new ApiError(0, String(trouble), "unreachable", undefined));
    }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ["/api/v1/backups"] });
  };
  return { line, busy, error, make };
}

export function BackupTab() {
  const { say, why, bytes, number } = useWords();
  const list = useList("/api/v1/backups");
  const backup = useBackup();
  const [asking, setAsking] = useState(false);
  const [passphrase, setPassphrase] = useState("");
  const last = list.data?.find((run) => run.outcome === "done");
  return (
    <>
      <div className="pad">
        <p>
          {last ? (
            <span className="state">
              <Mark kind="closed" tone="c-ok" />
              {say("backup.last", { time: formatTime(last.started), size: bytes(last.bytes) })}
            </span>
          ) : list.data ? (
            <span className="state c-unk">
              <Mark kind="unknown" tone="c-unk" />
              {say("backup.never")}
            </span>
          ) : null}
        </p>
        <p className="dim">{say("backup.note")}</p>
        <p style={{ marginTop: "8px" }}>
          <button
            type="button"
            className="btn pri"
            disabled={backup.busy}
            onClick={() => {
              setAsking(true);
            }}
          >
            <Icon name="download" />
            {say("backup.make")}
          </button>
        </p>
        {backup.busy ? (
          <p className="ban acc" role="status">
            {say("backup.running", { n: number(numberOf(backup.line, "files")), size: bytes(numberOf(backup.line, "bytes")) })}
          </p>
        ) : backup.line && !backup.error ? (
          <p className="ban acc" role="status">
            <Mark kind="closed" tone="c-ok" />
            {say("backup.done")}
          </p>
        ) : null}
      </div>
      {backup.error ? <ErrorBox error={backup.error} /> : null}
      <Shown reading={list}>
        {(runs) => (
          <DataTable
            name="backups"
            rows={runs}
            keyOf={(run) => run.id}
            partly={list.hasNextPage}
            empty={say("backup.never")}
            columns={[
              { id: "started", title: say("audit.time"), value: (run) => run.started, show: (run) => <span className="nw">{formatTime(run.started)}</span> },
              {
                id: "outcome",
                title: say("backup.outcome"),
                value: (run) => run.outcome,
                show: (run) => (
                  <span className="state">
                    <Mark
                      kind={run.outcome === "done" ? "closed" : run.outcome === "running" ? "acknowledged" : "refused"}
                      tone={run.outcome === "done" ? "c-ok" : run.outcome === "running" ? "" : "c-critical"}
                    />
                    {say(run.outcome === "broken off" ? "backup.brokenoff" : `backup.is.${run.outcome}`)}
                    {run.reason ? (
                      <span className="dim">
                        <Hostile text={why({ text: run.reason, code: run.reason_code, values: run.reason_values })} />
                      </span>
                    ) : null}
                  </span>
                ),
              },
              { id: "bytes", title: say("health.size"), number: true, value: (run) => run.bytes, show: (run) => bytes(run.bytes) },
              { id: "new", title: say("backup.new"), number: true, value: (run) => run.new_bytes, show: (run) => bytes(run.new_bytes) },
              { id: "files", title: say("backup.files"), number: true, value: (run) => run.files, show: (run) => number(run.files) },
              { id: "keys", title: say("backup.keys"), value: (run) => (run.has_keys ? 1 : 0), show: (run) => say(run.has_keys ? "yes" : "no") },
              { id: "actor", title: say("audit.actor"), value: (run) => run.actor, show: (run) => <Hostile text={run.actor} /> },
              {
                id: "folder",
                title: say("backup.folder"),
                value: (run) => run.folder,
                show: (run) => (
                  <span className="mono">
                    <Hostile text={run.folder} />
                  </span>
                ),
              },
            ]}
          />
        )}
      </Shown>
      {asking ? (
        <AskDialog
          title={say("backup.title")}
          note={say("backup.ask")}
          verb={say("backup.make")}
          busy={backup.busy}
          error={null}
          onClose={() => {
            setAsking(false);
          }}
          onConfirm={() => {
            setAsking(false);
            void backup.make(passphrase);
            setPassphrase("");
          }}
        >
          <TextField
            label={say("backup.passphrase")}
            style={{ marginTop: "12px" }}
            className="wide"
            type="password"
            autoComplete="new-password"
            maxLength={4096}
            value={passphrase}
            onChange={setPassphrase}
          />
        </AskDialog>
      ) : null}
    </>
  );
}
