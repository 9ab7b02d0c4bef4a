// What can be done on the page that is open, for the palette. Dangerous ones open their dialog; none acts from the list.
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Action {
  words: string;
  key?: string; // shown beside it, so that the list teaches it
  run: () => void;
}

let present: readonly Action[] = [];
const listeners = new Set<() => void>();
const set = (actions: readonly Action[]) => {
  present = actions;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};
export const usePresentActions = (): readonly Action[] =>
  useSyncExternalStore(
    subscribe,
    () => present,
    () => present,
  );

export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const shape = actions.map((action) => `${action.words} ${action.key ?? ""}`).join("\n");
  useEffect(() => {
    const own = latest.current.map((action, at) => ({ ...action, run: () => latest.current[at]?.run() }));
    set(own);
    return () => {
      if (present === own) set([]);
    };
  }, [shape]);
}
