// The states of every page: loading, empty, error with a retry; ready is what the page draws itself.
import type { ReactNode } from "react";
import type { ApiError } from "../api/client";
import { Hostile } from "./Hostile";
import { Mark } from "./Icon";
import { useWords } from "./preferences";

export function Loading({ rows = 5 }: { rows?: number }) {
  return (
    <div className="loading" aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="sk" style={{ width: `${String(70 - ((row * 13) % 40))}%` }} />
      ))}
    </div>
  );
}

export function ErrorBox({ error, retry }: { error: ApiError; retry?: () => void }) {
  const { say, why } = useWords();
  return (
    <div className="ban crit" role="alert">
      <Mark kind="refused" tone="c-critical" />
      <span>
        <b>{say("error.title")}</b>
        {": "}
        <Hostile text={why(error.told)} /> <span className="faint small">{error.field ? `${error.code} · ${error.field}` : error.code}</span>
      </span>
      {retry ? (
        <button type="button" className="btn sm end" onClick={retry}>
          {say("do.retry")}
        </button>
      ) : null}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="pad">
      <p className="state">
        <Mark kind="closed" tone="c-ok" />
        <b className="c-ok">{title}</b>
      </p>
      {children ? <div className="dim">{children}</div> : null}
    </div>
  );
}

interface Reading<T> {
  data: T | undefined;
  error: ApiError | null;
  refetch: () => unknown;
}
// Draws what was read; before that blank lines, after a failure the reason with a retry above what was read last.
export function Shown<T>({ reading, children, rows }: { reading: Reading<T>; children: (data: T) => ReactNode; rows?: number }) {
  return (
    <>
      {reading.error ? (
        <ErrorBox
          error={reading.error}
          retry={() => {
            void reading.refetch();
          }}
        />
      ) : null}
      {reading.data !== undefined ? children(reading.data) : reading.error ? null : <Loading {...(rows === undefined ? {} : { rows })} />}
    </>
  );
}
