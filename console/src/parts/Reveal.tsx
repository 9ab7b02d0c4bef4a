import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { AskDialog } from "./Dialog";
import { Mark } from "./Icon";
import { useWords } from "./preferences";

const SECONDS = 60;

// Masked values: shown for a minute to who may see them and says why; the server writes it into the audit chain. Without
// the permission it says whom to ask.
export function Reveal({ note, title, allowed, reveal, onHide }: { note: string; title?: string; allowed: boolean; reveal: (reason: string) => Promise<void>; onHide: () => void }) {
  const { say } = useWords();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [left, setLeft] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      setLeft(left - 1);
      if (left === 1) onHide();
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, [left, onHide]);
  const send = (reason: string) => {
    setBusy(true);
    setError(null);
    reveal(reason)
      .then(
        () => {
          setLeft(SECONDS);
          setAsking(false);
        },
        (trouble: unknown) => {
          setError(trouble instanceof ApiError ? trouble : null);
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <p className="state reveal" style={{ whiteSpace: "normal" }}>
      {left > 0 ? (
        <>
          <span className="c-high" role="status">
            {say("reveal.shown", { n: left })}
          </span>
          <button
            type="button"
            className="btn sm"
            onClick={() => {
              setLeft(0);
              onHide();
            }}
          >
            {say("search.hide")}
          </button>
        </>
      ) : (
        <>
          <Mark kind="unknown" tone="c-unk" />
          <span className="c-unk">{note}</span>
          {allowed ? (
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                setAsking(true);
              }}
            >
              {say("reveal.show")}
            </button>
          ) : (
            <span className="dim">{say("reveal.ask")}</span>
          )}
        </>
      )}
      {asking ? (
        <AskDialog
          title={title ?? say("reveal.title")}
          note={say("reveal.note")}
          verb={say("reveal.show")}
          reason
          busy={busy}
          error={error}
          onClose={() => {
            setAsking(false);
          }}
          onConfirm={send}
        />
      ) : null}
    </p>
  );
}
