// What may stand where the caret of the query line is: asked for while one types, walked over and taken by key.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Completion } from "../api/search";
import { bytesBefore } from "../base/query_text";
import { withItem, withSuggestion, type Trouble } from "./query_completion";

export interface CompletionOptions {
  text: string;
  trouble: Trouble | undefined;
  complete: (text: string, atByte: number, signal: AbortSignal) => Promise<Completion>;
  onText: (text: string) => void;
  onRun: (text: string) => void;
  field: { current: HTMLInputElement | null };
}

export function useCompletion({ text, trouble, complete, onText, onRun, field }: CompletionOptions) {
  const [offer, setOffer] = useState<Completion | null>(null);
  const [at, setAt] = useState(-1);
  const asking = useRef<AbortController | null>(null);
  const items = offer?.items ?? [];
  const shut = () => {
    asking.current?.abort();
    setOffer(null);
    setAt(-1);
  };
  useEffect(
    () => () => {
      asking.current?.abort();
    },
    [],
  );

  const ask = (value: string, caret: number) => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    setTimeout(() => {
      if (controller.signal.aborted) return;
      complete(value, bytesBefore(value, caret), controller.signal).then(
        (answer) => {
          if (controller.signal.aborted) return;
          setOffer(answer.items.length > 0 ? answer : null);
          setAt(-1);
        },
        () => undefined,
      ); // no completion is no trouble
    }, 120);
  };
  const put = (next: string, caret: number) => {
    onText(next);
    requestAnimationFrame(() => {
      field.current?.setSelectionRange(caret, caret);
    });
  };
  const take = (index: number) => {
    const item = items[index];
    if (!offer || !item) return;
    const next = withItem(text, offer, item);
    shut();
    put(next.text, next.caret);
    if (item.kind === "field") ask(next.text, next.caret);
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    const open = items.length > 0;
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      done();
      if (!open) ask(text, event.currentTarget.selectionStart ?? text.length);
      else setAt(event.key === "ArrowDown" ? (at + 1) % items.length : (at <= 0 ? items.length : at) - 1);
    } else if (event.key === "Tab" && !event.shiftKey && trouble?.suggestion && at < 0) {
      done();
      shut();
      put(withSuggestion(text, trouble), trouble.start + trouble.suggestion.length);
    } else if (event.key === "Tab" && !event.shiftKey && open) {
      done();
      take(Math.max(0, at));
    } else if (event.key === "Enter") {
      done();
      if (open && at >= 0) take(at);
      else {
        shut();
        onRun(text);
      }
    } else if (event.key === "Escape" && !event.shiftKey) {
      done();
      if (open) shut();
      else event.currentTarget.blur();
    } else if (event.key === " " && event.ctrlKey) {
      done();
      ask(text, event.currentTarget.selectionStart ?? text.length);
    }
  };
  return { offer, items, at, ask, put, take, key, shut };
}
