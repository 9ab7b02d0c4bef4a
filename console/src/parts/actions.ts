// What can be done on the page that is open, for the palette. Dangerous ones open their dialog; none acts from the list.
import { useEffect, useRef } from "react";
import { sharedValue } from "./shared_value";

export interface Action {
  words: string;
  key?: string; // shown beside it, so that the list teaches it
  run: () => void;
}

const present = sharedValue<readonly Action[]>([]);
export const usePresentActions = present.use;

export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const shape = actions.map((action) => `${action.words} ${action.key ?? ""}`).join("\n");
  useEffect(() => {
    const own = latest.current.map((action, at) => ({ ...action, run: () => latest.current[at]?.run() }));
    present.set(own);
    return () => {
      if (present.get() === own) present.set([]);
    };
  }, [shape]);
}
