// Personal values of one thing, shown for a minute to who may see them and gives a reason; the server writes the reason into
// the audit chain. Another thing, or the end of the minute, hides them.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiError } from "../api/client";

export const REVEALED_S = 60;

export function useRevealed<T>(id: string, ask: (id: string, reason: string) => Promise<T>) {
  const queries = useQueryClient();
  const [revealed, setRevealed] = useState<{ value: T; until: number } | null>(null);
  const [left, setLeft] = useState(0);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [of, setOf] = useState(id);
  if (of !== id) {
    setOf(id);
    setRevealed(null);
    setAsking(false);
    setError(null);
  }
  useEffect(() => {
    if (!revealed) return;
    const tick = () => {
      const rest = Math.ceil((revealed.until - Date.now()) / 1000);
      setLeft(rest);
      if (rest <= 0) setRevealed(null);
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => {
      clearInterval(timer);
    };
  }, [revealed]);
  const reveal = (reason: string) => {
    setBusy(true);
    ask(id, reason)
      .then(
        (value) => {
          setRevealed({ value, until: Date.now() + REVEALED_S * 1000 });
          setAsking(false);
          setError(null);
          // The new line stands in the audit chain and in the history of a finding.
          void queries.invalidateQueries({ predicate: (query) => ["/api/v1/audit", "/api/v1/findings/{id}/history"].includes(String(query.queryKey[0])) });
        },
        (cause: unknown) => {
          setError(cause instanceof ApiError ? cause : new ApiError(0, String(cause), "internal", undefined));
        },
      )
      .finally(() => {
        setBusy(false);
      });
  };
  return {
    value: revealed?.value,
    left,
    asking,
    busy,
    error,
    reveal,
    ask: () => {
      setAsking(true);
    },
    hide: () => {
      setRevealed(null);
    },
    stop: () => {
      setAsking(false);
      setError(null);
    },
  };
}
export type Revealed<T> = ReturnType<typeof useRevealed<T>>;
