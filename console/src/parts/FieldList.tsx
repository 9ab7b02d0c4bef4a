// The fields of what was found, with counts. An open one shows its most frequent values, each to be taken alone (+) or
// left out (−). Nothing changes its place when it is opened.
import { useState, type KeyboardEvent } from "react";
import type { FieldCount, Question } from "../api/search";
import { useTop } from "../api/search_hooks";
import { holdsMask, withDots } from "../base/event_text";
import { titleOf } from "../base/field_titles";
import { folded } from "../base/text";
import { Hostile } from "./Hostile";
import { Icon } from "./Icon";
import { useWords } from "./preferences";
import { ErrorBox } from "./States";
import "./search.css";

const FEW = 5;
const MANY = 50;

export interface FieldActions {
  onValue: (field: string, value: string, negated: boolean) => void;
  onColumn: (field: string) => void;
}
interface Asked {
  question: Question;
  run: number;
}

function Values({ field, question, run, onValue }: Asked & Pick<FieldActions, "onValue"> & { field: FieldCount }) {
  const { say, number } = useWords();
  const [most, setMost] = useState(FEW);
  const top = useTop(question, field.name, most, run);
  if (top.error)
    return (
      <ErrorBox
        error={top.error}
        retry={() => {
          void top.refetch();
        }}
      />
    );
  const values = top.data?.values ?? [];
  const widest = Math.max(1, ...values.map((value) => value.count));
  const key = (event: KeyboardEvent, value: string) => {
    if ((event.key !== "+" && event.key !== "-") || holdsMask(value)) return;
    event.preventDefault();
    event.stopPropagation();
    onValue(field.name, value, event.key === "-");
  };
  return (
    <>
      <ul>
        {values.map(({ value, count }) => (
          <li
            key={value}
            onKeyDown={(event) => {
              key(event, value);
            }}
          >
            <i className="amount" style={{ width: `${String(Math.max(1, (100 * count) / widest))}%` }} />
            <span className="mono cut" title={withDots(value).slice(0, 200)}>
              {value === "" ? <span className="faint">{say("search.blank")}</span> : <Hostile text={withDots(value).slice(0, 200)} />}
            </span>
            <span className="faint count">{number(count)}</span>
            {holdsMask(value) ? null : (
              <span className="pmz">
                <button
                  type="button"
                  aria-label={say("search.only", { what: `${field.name} ${value.slice(0, 100)}` })}
                  title={say("search.only.short")}
                  onClick={() => {
                    onValue(field.name, value, false);
                  }}
                >
                  <Icon name="plus" />
                </button>
                <button
                  type="button"
                  aria-label={say("search.except", { what: `${field.name} ${value.slice(0, 100)}` })}
                  title={say("search.except.short")}
                  onClick={() => {
                    onValue(field.name, value, true);
                  }}
                >
                  <Icon name="minus" />
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {top.data && top.data.distinct > values.length && most < MANY ? (
        <button
          type="button"
          className="link small"
          onClick={() => {
            setMost(MANY);
          }}
        >
          {say("search.values.more", { n: number(top.data.distinct) })}
        </button>
      ) : null}
      {top.data && top.data.distinct > values.length && most >= MANY ? <p className="faint small">{say("search.values.of", { n: number(values.length), m: number(top.data.distinct) })}</p> : null}
      {top.data && top.data.events > top.data.with_field ? <p className="faint small">{say("search.values.without", { n: number(top.data.events - top.data.with_field) })}</p> : null}
    </>
  );
}

interface FieldListProps extends Asked, FieldActions {
  fields: readonly FieldCount[];
  open: readonly string[];
  columns: readonly string[];
  onOpen: (field: string) => void;
}

export function FieldList({ fields, open, columns, onOpen, question, run, onValue, onColumn }: FieldListProps) {
  const { say, number, language } = useWords();
  const [filter, setFilter] = useState("");
  const sought = folded(filter.trim());
  const shown = fields.filter((field) => sought === "" || folded(`${field.name} ${titleOf(field.name, language) ?? ""}`).includes(sought));
  return (
    <>
      <div className="facet filter">
        <label>
          <span className="vh">{say("search.fields.filter", { n: number(fields.length) })}</span>
          <Icon name="filter" />
          <input
            placeholder={say("search.fields.filter", { n: number(fields.length) })}
            value={filter}
            onChange={(event) => {
              setFilter(event.target.value);
            }}
            data-testid="field-filter"
          />
        </label>
      </div>
      {shown.slice(0, 400).map((field) => {
        const isOpen = open.includes(field.name);
        const title = titleOf(field.name, language);
        return (
          <section key={field.name} className={isOpen ? "facet open" : "facet"}>
            <h2>
              <button
                type="button"
                className="name"
                aria-expanded={isOpen}
                onClick={() => {
                  onOpen(field.name);
                }}
                title={`${field.name.slice(0, 200)} · ${field.type}`}
              >
                <span className="cut">
                  {title ? (
                    <>
                      {title} <span className="faint own">{field.name}</span>
                    </>
                  ) : (
                    <Hostile text={field.name.slice(0, 200)} />
                  )}
                </span>
                {field.personal ? <Icon name="mask" /> : null}
                <span className="faint">{number(field.count)}</span>
              </button>
              <button
                type="button"
                className="asColumn"
                aria-pressed={columns.includes(field.name)}
                aria-label={say("search.column", { what: field.name.slice(0, 100) })}
                title={say(columns.includes(field.name) ? "search.column.off" : "search.column.on")}
                onClick={() => {
                  onColumn(field.name);
                }}
              >
                <Icon name={columns.includes(field.name) ? "check" : "columns"} />
              </button>
            </h2>
            {isOpen ? <Values field={field} question={question} run={run} onValue={onValue} /> : null}
          </section>
        );
      })}
      {shown.length === 0 ? <p className="faint small facet">{say("search.fields.none")}</p> : null}
      {shown.length > 400 ? <p className="faint small facet">{say("search.values.of", { n: number(400), m: number(shown.length) })}</p> : null}
    </>
  );
}
