// The conditions of the query, one bubble each: a click finds it in the text, Alt and click turns it round, × or Backspace
// removes it. The chosen part of time is a bubble too, never a hidden state.
import type { KeyboardEvent } from "react";
import { titleOf } from "../../base/field_titles";
import { fieldAndValue, type Bubble } from "../../base/query_text";
import { formatRange, type Span } from "../../base/range";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

interface BubblesProps {
  bubbles: readonly Bubble[];
  current: boolean; // the bubbles are those of the text as it stands
  part: Span | undefined;
  now: number;
  sources: ReadonlyMap<string, string>;
  onFind: (bubble: Bubble) => void;
  onInvert: (bubble: Bubble) => void;
  onRemove: (bubble: Bubble) => void;
  onPart: (part: Span | undefined, zoom: boolean) => void;
  onClear: () => void;
}

export function Bubbles({ bubbles, current, part, now, sources, onFind, onInvert, onRemove, onPart, onClear }: BubblesProps) {
  const { say, language } = useWords();
  if (bubbles.length === 0 && !part) return null;
  const removing = (act: () => void) => (event: KeyboardEvent) => {
    if (event.key !== "Backspace" && event.key !== "Delete") return;
    event.preventDefault();
    act();
  };
  return (
    <div className="bubbles" role="group" aria-label={say("search.conditions")}>
      {bubbles.map((bubble) => {
        const said = fieldAndValue(bubble);
        const field = said.field;
        const value = field === "source" ? (sources.get(said.value) ?? said.value) : said.value;
        const name = `${bubble.negated ? `${say("search.not")} ` : ""}${field} ${value}`.trim().slice(0, 120);
        return (
          <span
            key={`${String(bubble.start)} ${bubble.text}`}
            className={bubble.negated ? "bub not" : "bub"}
            onKeyDown={removing(() => {
              if (current) onRemove(bubble);
            })}
          >
            <button
              type="button"
              className="what"
              disabled={!current}
              title={`${field ? `${field.slice(0, 100)} · ` : ""}${say("search.bubble")}`}
              onClick={(event) => {
                if (event.altKey) onInvert(bubble);
                else onFind(bubble);
              }}
            >
              {bubble.negated || field ? (
                <span>
                  {bubble.negated ? say("search.not") : null}
                  {bubble.negated && field ? " " : null}
                  <Hostile text={(titleOf(field, language) ?? field).slice(0, 60)} />
                </span>
              ) : null}
              <b className="mono cut">
                <Hostile text={value.slice(0, 200)} />
              </b>
            </button>
            <button
              type="button"
              disabled={!current}
              aria-label={`${say("search.invert")}: ${name}`}
              title={say("search.invert")}
              onClick={() => {
                onInvert(bubble);
              }}
            >
              <Icon name="invert" />
            </button>
            <button
              type="button"
              disabled={!current}
              aria-label={`${say("search.remove")}: ${name}`}
              title={say("search.remove")}
              onClick={() => {
                onRemove(bubble);
              }}
            >
              <Icon name="close" />
            </button>
          </span>
        );
      })}
      {part ? (
        <span
          className="bub"
          data-testid="time-bubble"
          onKeyDown={removing(() => {
            onPart(undefined, false);
          })}
        >
          <button
            type="button"
            className="what"
            title={say("search.zoom")}
            onClick={() => {
              onPart(part, true);
            }}
          >
            <span>{say("search.at")}</span>
            <b className="mono">{formatRange(part, now)}</b>
          </button>
          <button
            type="button"
            aria-label={`${say("search.zoom")}: ${formatRange(part, now)}`}
            title={say("search.zoom")}
            onClick={() => {
              onPart(part, true);
            }}
          >
            <Icon name="search" />
          </button>
          <button
            type="button"
            aria-label={`${say("search.remove")}: ${formatRange(part, now)}`}
            title={say("search.remove")}
            onClick={() => {
              onPart(undefined, false);
            }}
          >
            <Icon name="close" />
          </button>
        </span>
      ) : null}
      <button type="button" className="link small faint" onClick={onClear}>
        {say("search.clear")} <span className="kbd">{"Shift Esc"}</span>
      </button>
    </div>
  );
}
