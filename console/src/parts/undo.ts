// The last thing done that can be taken back: one at a time, told on the spot until one leaves the page. `Z` and a button
// take it back as long as the time runs.
import { useEffect, useState } from "react";
import type { useWords } from "./preferences";
import { sharedValue } from "./shared_value";

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

const present = sharedValue<Offered | null>(null);
export const useOffered = present.use;

export function offerUndo(words: Tell, run: () => Promise<Tell>, now = Date.now()): void {
  present.set({ undo: { words, until: now + UNDO_MS, run }, state: "offered", told: words });
}
export function forgetUndo(): void {
  present.set(null);
}
// At most once, and never after its time.
export async function undoLast(now = Date.now()): Promise<void> {
  const mine = present.get();
  if (mine?.state !== "offered" || now >= mine.undo.until) return;
  const running: Offered = { ...mine, state: "running" };
  present.set(running);
  const told = await mine.undo.run();
  if (present.get() === running) present.set({ ...mine, state: "undone", told });
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
