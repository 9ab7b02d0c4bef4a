// The keys of the page that is open: they win over the keys of the frame, and `?` lists them.
import { useEffect, useRef } from "react";
import type { MessageKey } from "../base/messages";
import { isSilenced } from "./keys";
import { sharedValue } from "./shared_value";

export interface PageKey {
  keys: readonly string[]; // as KeyboardEvent.key; single letters small; "Alt+ArrowLeft" is not meant here
  shown: string;
  words: MessageKey;
  action?: () => void; // absent: only listed, a part handles it
}

const listed = sharedValue<readonly PageKey[]>([]);
export const useListedPageKeys = listed.use;

export function usePageKeys(keys: readonly PageKey[]): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  // The palette calls what stands behind a key at that moment.
  const shape = keys.map((key) => `${key.shown} ${key.words} ${String(key.action !== undefined)}`).join("\n");
  useEffect(() => {
    listed.set(latest.current.map((key, at) => (key.action ? { ...key, action: () => latest.current[at]?.action?.() } : key)));
  }, [shape]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isSilenced(event)) return;
      const typing = !(event.key === "Escape" && event.shiftKey); // all off: from within a field as well
      if (typing && target instanceof HTMLElement && (target.closest("input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu], [role=listbox]") || target.isContentEditable)) return;
      if ((event.key === "Enter" || event.key === " ") && target instanceof HTMLElement && target.closest("a, button, summary")) return;
      if (typing && target instanceof Element && target.closest("[data-own-keys]")?.getAttribute("data-own-keys")?.split(" ").includes(event.key)) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const key = event.shiftKey && (event.key === "Escape" || /^[a-z]$/i.test(event.key)) ? `Shift+${name}` : name;
      const found = latest.current.find((entry) => entry.action && entry.keys.includes(key));
      if (!found?.action) return;
      event.preventDefault();
      event.stopPropagation();
      found.action();
    };
    document.addEventListener("keydown", listen, true);
    return () => {
      document.removeEventListener("keydown", listen, true);
      listed.set([]);
    };
  }, []);
}
