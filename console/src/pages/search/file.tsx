// A file of the server on its way to the disk: its name, how much has come, what went wrong, and how to stop it.
import { useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { formatTime } from "../../base/time";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";

// 'su-kien-20261128-0307.ndjson': the time is the file's, in GMT+7.
export const fileName = (stem: string, end: string, now: number): string => `${stem}-${formatTime(now).replace(/^(\d+)\/(\d+)\/(\d+) (\d+):(\d+):\d+$/, "$3$2$1-$4$5")}.${end}`;

function give(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

// A file on its way: how much has come, what went wrong, and how to stop it.
export function useFile() {
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
    file(now.signal, setBytes)
      .then(
        (blob) => {
          give(blob, name);
          setDone(name);
        },
        (cause: unknown) => {
          if (!now.signal.aborted) setError(cause instanceof ApiError ? cause : new ApiError(0, String(cause), "internal", undefined));
        },
      )
      .finally(() => {
        setBytes(null);
      });
  };
  return {
    bytes,
    done,
    error,
    take,
    stop: () => {
      controller.current?.abort();
    },
  };
}

export function Progress({ file }: { file: ReturnType<typeof useFile> }) {
  const { say, bytes } = useWords();
  return (
    <>
      {file.error ? <ErrorBox error={file.error} /> : null}
      {file.bytes !== null ? (
        <p className="row" role="status">
          {say("search.export.coming", { n: bytes(file.bytes) })}
          <button type="button" className="btn sm" onClick={file.stop}>
            {say("search.stop")}
          </button>
        </p>
      ) : null}
      {file.done ? (
        <p className="state c-ok" role="status">
          <Mark kind="closed" tone="c-ok" />
          {say("search.export.done", { name: file.done })}
        </p>
      ) : null}
    </>
  );
}
