// The last thing done that can be taken back: one at a time, told on the spot until one leaves the page. `Z` and a button
// take it back as long as the time runs.
import { useEffect, useState, useSyncExternalStore } from "react";
import type { useWords } from "./preferences";

export const UNDO_MS = 10 * 60_000;

// Told in the language of the moment when it is drawn.
export type Tell = (words: ReturnType<typeof useWords>) => string;

export interface Undo {
  words: Tell; // what was done
  until: number;
  run: () => Promise<Tell>; // takes it back; gives what to tell then
}
interface Offered {
  undo: Undo;
  state: "offered" | "running" | "undone";
  told: Tell;
}

let present: Offered | null = null;
const listeners = new Set<() => void>();
const publish = (next: Offered | null) => {
  present = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
export const useOffered = (): Offered | null =>
  useSyncExternalStore(
    subscribe,
    () => present,
    () => present,
  );

export function offerUndo(words: Tell, run: () => Promise<Tell>, now = Date.now()): void {
  publish({ undo: { words, until: now + UNDO_MS, run }, state: "offered", told: words });
}
export function forgetUndo(): void {
  publish(null);
}
// At most once, and never after its time.
export async function undoLast(now = Date.now()): Promise<void> {
  const mine = present;
  if (mine?.state !== "offered" || now >= mine.undo.until) return;
  publish({ ...mine, state: "running" });
  const running = present;
  const told = await mine.undo.run();
  if (present === running) publish({ ...mine, state: "undone", told });
}

// The time that is left, by the second; 0 when it is over.
export function useLeft(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return Math.max(0, until - now);
}
