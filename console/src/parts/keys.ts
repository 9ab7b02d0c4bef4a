import { useEffect, useRef } from "react";

// Whether single letters are keys; set by the person's preferences.
let letters = true;
export function switchLetters(on: boolean): void {
  letters = on;
}
export const isSilenced = (event: KeyboardEvent): boolean => !letters && event.key.length === 1;

// Single letters outside fields and dialogs. "g f" is two keys one after the other. The last user of a key wins.
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let before = "";
    const listen = (event: KeyboardEvent) => {
      const target = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isSilenced(event)) return;
      if (target instanceof HTMLElement && (target.closest("input, textarea, select, [role=dialog], [role=menu]") || target.isContentEditable)) return;
      if (event.key === "Enter" && target instanceof HTMLElement && target.closest("a, button")) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action = latest.current[`${before} ${key}`] ?? (before === "g" ? undefined : latest.current[key]);
      before = key === "g" ? "g" : "";
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, []);
}
