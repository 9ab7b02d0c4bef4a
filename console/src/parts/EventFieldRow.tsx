// One field of an event: its value, what can be done with it by pointer and key, and how a masked one is shown.
import { Fragment, useState, type KeyboardEvent } from "react";
import type { Found } from "../api/search";
import { holdsMask, withDots } from "../base/event_text";
import { OWN } from "../base/query_text";
import { Hostile } from "./Hostile";
import { Icon } from "./Icon";
import { useWords } from "./preferences";

const LONG = 120;

export interface EventActions {
  onValue: (field: string, value: string, negated: boolean) => void;
  onPivot: (field: string, value: string) => void;
  onColumn: (field: string) => void;
  onOpen: (event: Found) => void;
  onClose: () => void;
}

export const isSought = (sought: readonly { field: string; value: string }[], name: string, value: string): boolean => {
  const low = value.toLowerCase();
  return sought.some((word) => (word.field === "" ? low.includes(word.value.toLowerCase()) : word.field === name && low === word.value.toLowerCase()));
};

interface FieldRowProps extends Pick<EventActions, "onValue" | "onPivot"> {
  onColumn: ((field: string) => void) | undefined;
  name: string;
  value: string;
  type: string | undefined;
  marked: boolean;
  isColumn: boolean;
  first: boolean;
  onReveal: (() => void) | undefined;
}
export function FieldRow({ name, value, type, marked, isColumn, first, onValue, onPivot, onColumn, onReveal }: FieldRowProps) {
  const { say } = useWords();
  const [whole, setWhole] = useState(false);
  const [copied, setCopied] = useState(false);
  const hidden = holdsMask(value);
  const copy = () => {
    navigator.clipboard.writeText(value).then(
      () => {
        setCopied(true);
      },
      () => {
        setCopied(false);
      },
    );
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey) return;
    const next =
      event.key === "ArrowDown" || event.key === "j" ? event.currentTarget.nextElementSibling : event.key === "ArrowUp" || event.key === "k" ? event.currentTarget.previousElementSibling : null;
    const does: Record<string, () => void> = {
      p: () => {
        if (!hidden) onPivot(name, value);
      },
      y: () => {
        if (!hidden) copy();
      },
      "+": () => {
        if (!hidden) onValue(name, value, false);
      },
      "-": () => {
        if (!hidden) onValue(name, value, true);
      },
      Enter: () => {
        setWhole(!whole);
      },
    };
    const act =
      next instanceof HTMLElement
        ? () => {
            next.focus();
          }
        : does[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const action = (icon: "plus" | "minus" | "copy" | "columns" | "check", words: string, act: () => void) => (
    <button type="button" tabIndex={-1} aria-label={`${words}: ${name.slice(0, 100)}`} title={words} onClick={act}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div className="fieldrow" role="listitem" tabIndex={first ? 0 : -1} data-own-keys="j k ArrowDown ArrowUp + - p y Enter" onKeyDown={key} data-field={name.slice(0, 100)}>
      <span className="mono dim name">
        {name
          .slice(0, 300)
          .split(/(?<=[._])/)
          .map((part, at) => (
            <Fragment key={at}>
              <Hostile text={part} />
              <wbr />
            </Fragment>
          ))}
      </span>
      <div className="mono value">
        {hidden ? (
          <span>
            <span className="c-unk mono">
              <Hostile text={withDots(value)} />
            </span>{" "}
            {onReveal ? (
              <button type="button" className="link" onClick={onReveal}>
                {say("search.reveal.short")}
              </button>
            ) : null}
          </span>
        ) : value === "" ? (
          <span className="faint">{say("search.blank")}</span>
        ) : (
          <div className={whole ? "whole" : "clamp"}>
            <Hostile text={value} mark={marked} />
          </div>
        )}
        {value.length > LONG ? (
          <button
            type="button"
            className="link small"
            aria-expanded={whole}
            onClick={() => {
              setWhole(!whole);
            }}
          >
            {say(whole ? "search.less" : "search.whole")}
          </button>
        ) : null}
      </div>
      <span className="micro faint type">{copied ? say("do.copied") : type}</span>
      {hidden ? null : (
        <span className="pmz">
          {action("plus", say("search.only.short"), () => {
            onValue(name, value, false);
          })}
          {action("minus", say("search.except.short"), () => {
            onValue(name, value, true);
          })}
          {action("copy", say("do.copy"), copy)}
          {onColumn
            ? action(isColumn ? "check" : "columns", say(isColumn ? "search.column.off" : "search.column.on"), () => {
                onColumn(name);
              })
            : null}
        </span>
      )}
    </div>
  );
}

// The source is asked for by its id and shown by its name.
export function SourceRow({ event, first, onValue, onPivot }: { event: Found; first: boolean } & Pick<EventActions, "onValue" | "onPivot">) {
  const id = event.source.id ?? "";
  return (
    <FieldRow
      name="source"
      value={event.source.name}
      type={undefined}
      marked={false}
      isColumn={false}
      first={first}
      onValue={(_, __, negated) => {
        onValue(`${OWN}source`, id, negated);
      }}
      onPivot={() => {
        onPivot(`${OWN}source`, id);
      }}
      onColumn={undefined}
      onReveal={undefined}
    />
  );
}
