// One line of the search language: completion of fields, values and operators, what is wrong under the very characters,
// and the suggestion by one key. The server understands the language; this part only places what it answers.
import { useId, useState, type ReactNode } from "react";
import type { CompletionItem } from "../api/search";
import { indexOfByte } from "../base/query_text";
import { useCompletion, type CompletionOptions } from "./completion";
import { Hostile } from "./Hostile";
import { Icon } from "./Icon";
import { useWords } from "./preferences";
import { withSuggestion } from "./query_completion";
import "./search.css";

interface QueryFieldProps extends CompletionOptions {
  end?: ReactNode;
}

export function QueryField({ text, trouble, complete, onText, onRun, field, end }: QueryFieldProps) {
  const { say, number } = useWords();
  const list = useId();
  const [scroll, setScroll] = useState(0);
  const { offer, items, at, ask, put, take, key, shut } = useCompletion({ text, trouble, complete, onText, onRun, field });
  const first = items[Math.max(0, at)];
  const typed = offer ? text.slice(indexOfByte(text, offer.start)) : "";
  const ghost = offer && first && !trouble && indexOfByte(text, offer.end) === text.length && first.text.toLowerCase().startsWith(typed.toLowerCase()) ? first.text.slice(typed.length) : "";
  const note = (item: CompletionItem) => (/^\d+$/.test(item.note) ? say("now.events", { n: number(Number(item.note)) }) : item.note);
  return (
    <div className="query">
      <div className="queryline">
        <span className="c-acc">
          <Icon name="search" />
        </span>
        <span className="typed">
          {trouble ? (
            <span className="under mono" aria-hidden="true">
              <span style={{ marginLeft: `-${String(scroll)}px` }}>
                {text.slice(0, trouble.start)}
                <u>{text.slice(trouble.start, trouble.end) || "\u00a0"}</u>
              </span>
            </span>
          ) : null}
          {ghost ? (
            <span className="under ghost mono" aria-hidden="true">
              <span style={{ marginLeft: `-${String(scroll)}px` }}>
                {text}
                <i>{ghost}</i>
              </span>
            </span>
          ) : null}
          <input
            ref={field}
            className="mono"
            role="combobox"
            aria-label={say("search.query")}
            placeholder={say("search.example")}
            aria-expanded={items.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={at >= 0 ? `${list}-${String(at)}` : undefined}
            aria-invalid={trouble !== undefined}
            aria-describedby={trouble ? `${list}-trouble` : undefined}
            data-testid="query"
            value={text}
            maxLength={8192}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onKeyDown={key}
            onScroll={(event) => {
              setScroll(event.currentTarget.scrollLeft);
            }}
            onChange={(event) => {
              onText(event.target.value);
              ask(event.target.value, event.target.selectionStart ?? event.target.value.length);
            }}
            onBlur={shut}
          />
        </span>
        {first && !(trouble?.suggestion && at < 0) ? (
          <span className="faint small nw">
            {note(first)} <span className="kbd">{"Tab"}</span>
          </span>
        ) : (
          end
        )}
      </div>
      {trouble ? (
        <p className="trouble" id={`${list}-trouble`} role="alert" style={{ paddingLeft: `min(calc(${String(trouble.start)} * .95em * .6 + 34px - ${String(scroll)}px), 40%)` }}>
          <span className="c-critical">
            <Hostile text={trouble.text} />
          </span>
          {trouble.suggestion ? (
            <button
              type="button"
              className="btn sm"
              onClick={() => {
                put(withSuggestion(text, trouble), trouble.start + trouble.suggestion.length);
                field.current?.focus();
              }}
            >
              {say("search.instead")}{" "}
              <span className="mono">
                <Hostile text={trouble.suggestion} />
              </span>{" "}
              <span className="kbd">{"Tab"}</span>
            </button>
          ) : null}
        </p>
      ) : null}
      <ul id={list} className="offers" role="listbox" aria-label={say("search.completion")} hidden={items.length === 0}>
        {items.map((item, index) => (
          <li
            key={`${item.kind} ${item.text}`}
            id={`${list}-${String(index)}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => {
              event.preventDefault();
              take(index);
            }}
            ref={
              index === at
                ? (element) => {
                    element?.scrollIntoView({ block: "nearest" });
                  }
                : undefined
            }
          >
            <span className="mono cut">
              <Hostile text={item.text} />
            </span>
            <span className="faint small nw">
              <Hostile text={note(item)} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
