// One line of the search language: completion of fields, values and operators, what is wrong under the very characters,
// and the suggestion by one key. The server understands the language; this part only places what it answers.
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { Check, Completion, CompletionItem } from "../api/search";
import { bytesBefore, indexOfByte } from "../base/query_text";
import { Hostile } from "./Hostile";
import { Icon } from "./Icon";
import { useWords } from "./preferences";
import "./search.css";

export interface Trouble {
  start: number; // in UTF-16, of the text
  end: number;
  text: string;
  suggestion: string;
}

export function troubleOf(text: string, check: Check | undefined): Trouble | undefined {
  if (!check || check.valid) return undefined;
  const { offset = 0, length = 0 } = check;
  const start = indexOfByte(text, offset);
  return { start, end: Math.max(start, indexOfByte(text, offset + length)), text: check.text ?? "", suggestion: check.suggestion ?? "" };
}

// The text with an item in its place, and where the caret goes. A space follows what is complete; a field goes on to its
// value.
export function withItem(text: string, completion: Completion, item: CompletionItem): { text: string; caret: number } {
  const [start, end] = [indexOfByte(text, completion.start), indexOfByte(text, completion.end)];
  const tail = text.slice(end);
  const put = item.kind === "field" && !item.text.endsWith(":") && !tail.startsWith(":") ? `${item.text}:` : item.kind !== "field" && !/^\s/.test(tail) ? `${item.text} ` : item.text;
  return { text: text.slice(0, start) + put + tail, caret: start + put.length };
}

export const withSuggestion = (text: string, trouble: Trouble): string => text.slice(0, trouble.start) + trouble.suggestion + text.slice(trouble.end);

interface QueryFieldProps {
  text: string;
  trouble: Trouble | undefined;
  complete: (text: string, atByte: number, signal: AbortSignal) => Promise<Completion>;
  onText: (text: string) => void;
  onRun: (text: string) => void;
  field: { current: HTMLInputElement | null };
  end?: ReactNode;
}

export function QueryField({ text, trouble, complete, onText, onRun, field, end }: QueryFieldProps) {
  const { say, number } = useWords();
  const list = useId();
  const [offer, setOffer] = useState<Completion | null>(null);
  const [at, setAt] = useState(-1);
  const [scroll, setScroll] = useState(0);
  const asking = useRef<AbortController | null>(null);
  const items = offer?.items ?? [];
  const shut = () => { asking.current?.abort(); setOffer(null); setAt(-1); };
  useEffect(() => () => { asking.current?.abort(); }, []);

  const ask = (value: string, caret: number) => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    setTimeout(() => {
      if (controller.signal.aborted) return;
      complete(value, bytesBefore(value, caret), controller.signal).then((answer) => {
        if (controller.signal.aborted) return;
        setOffer(answer.items.length > 0 ? answer : null);
        setAt(-1);
      }, () => undefined); // no completion is no trouble
    }, 120);
  };
  const put = (next: string, caret: number) => {
    onText(next);
    requestAnimationFrame(() => { field.current?.setSelectionRange(caret, caret); });
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
    const done = () => { event.preventDefault(); event.stopPropagation(); };
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
  const first = items[Math.max(0, at)];
  const typed = offer ? text.slice(indexOfByte(text, offer.start)) : "";
  const ghost = offer && first && !trouble && indexOfByte(text, offer.end) === text.length && first.text.toLowerCase().startsWith(typed.toLowerCase()) ? first.text.slice(typed.length) : "";
  const note = (item: CompletionItem) => (/^\d+$/.test(item.note) ? say("now.events", { n: number(Number(item.note)) }) : item.note);
  return (
    <div className="query">
      <div className="queryline">
        <span className="c-acc"><Icon name="search" /></span>
        <span className="typed">
          {trouble ? <span className="under mono" aria-hidden="true"><span style={{ marginLeft: `-${String(scroll)}px` }}>{text.slice(0, trouble.start)}<u>{text.slice(trouble.start, trouble.end) || "\u00a0"}</u></span></span> : null}
          {ghost ? <span className="under ghost mono" aria-hidden="true"><span style={{ marginLeft: `-${String(scroll)}px` }}>{text}<i>{ghost}</i></span></span> : null}
          <input ref={field} className="mono" role="combobox" aria-label={say("search.query")} placeholder={say("search.example")} aria-expanded={items.length > 0} aria-controls={list} aria-autocomplete="list" aria-activedescendant={at >= 0 ? `${list}-${String(at)}` : undefined} aria-invalid={trouble !== undefined} aria-describedby={trouble ? `${list}-trouble` : undefined} data-testid="query"
            value={text} maxLength={8192} autoComplete="off" autoCapitalize="off" spellCheck={false} onKeyDown={key} onScroll={(event) => { setScroll(event.currentTarget.scrollLeft); }}
            onChange={(event) => { onText(event.target.value); ask(event.target.value, event.target.selectionStart ?? event.target.value.length); }} onBlur={shut} />
        </span>
        {first && !(trouble?.suggestion && at < 0) ? <span className="faint small nw">{note(first)}{" "}<span className="kbd">{"Tab"}</span></span> : end}
      </div>
      {trouble ? (
        <p className="trouble" id={`${list}-trouble`} role="alert" style={{ paddingLeft: `min(calc(${String(trouble.start)} * .95em * .6 + 34px - ${String(scroll)}px), 40%)` }}>
          <span className="c-critical"><Hostile text={trouble.text} /></span>
          {trouble.suggestion ? <button type="button" className="btn sm" onClick={() => { put(withSuggestion(text, trouble), trouble.start + trouble.suggestion.length); field.current?.focus(); }}>{say("search.instead")}{" "}<span className="mono"><Hostile text={trouble.suggestion} /></span>{" "}<span className="kbd">{"Tab"}</span></button> : null}
        </p>
      ) : null}
      <ul id={list} className="offers" role="listbox" aria-label={say("search.completion")} hidden={items.length === 0}>
        {items.map((item, index) => (
          <li key={`${item.kind} ${item.text}`} id={`${list}-${String(index)}`} role="option" aria-selected={index === at} onPointerDown={(event) => { event.preventDefault(); take(index); }} ref={index === at ? (element) => { element?.scrollIntoView({ block: "nearest" }); } : undefined}>
            <span className="mono cut"><Hostile text={item.text} /></span><span className="faint small nw"><Hostile text={note(item)} /></span>
          </li>
        ))}
      </ul>
    </div>
  );
}
