// What was understood by itself, each with its ground and a way to say otherwise.
import { useState, type ReactNode } from "react";
import type { ListReading } from "../../api/types";
import { ENCODINGS } from "../../base/list_choices";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useReads } from "./parts";
import { useRoleWords } from "./roles";

interface ItemProps {
  title: ReactNode;
  ground: string;
  label: string; // of the way to change it
  value: string;
  options: readonly (readonly [value: string, words: string])[];
  onPick: (value: string) => void;
}
function Item({ title, ground, label, value, options, onPick }: ItemProps) {
  const { say } = useWords();
  const reads = useReads();
  const [open, setOpen] = useState(false);
  return (
    <div className="ask1">
      <h3>
        <Mark kind="closed" tone="c-ok" />
        <span>{title}</span>
      </h3>
      <p className="small dim">
        <Hostile text={reads(ground)} />{" "}
        {options.length > 1 ? (
          <button
            type="button"
            className="link"
            aria-expanded={open}
            aria-label={`${say("lists.change")}: ${label}`}
            onClick={() => {
              setOpen(!open);
            }}
          >
            {say("lists.change")}
          </button>
        ) : null}
      </p>
      {open ? (
        <select
          className="input"
          aria-label={label}
          value={value}
          onChange={(event) => {
            setOpen(false);
            onPick(event.target.value);
          }}
        >
          {options.some(([one]) => one === value) ? null : <option value={value}>{value}</option>}
          {options.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      ) : null}
    </div>
  );
}

function Roles({ reading }: { reading: ListReading }) {
  const { say } = useWords();
  const reads = useReads();
  const words = useRoleWords();
  const told = reading.columns.filter((column) => column.decided && (column.role === "victim" || column.role === "c2"));
  if (told.length === 0) return null;
  return (
    <div className="ask1">
      <h3>
        <Mark kind="closed" tone="c-ok" />
        <span>{say("lists.known.roles")}</span>
      </h3>
      {told.map((column) => (
        <p key={column.index} className="small dim">
          <b>{words(column.role)}</b> {say("lists.known.is")} <Hostile text={`«${column.header}»: ${reads(column.grounds)}`} />{" "}
          <button
            type="button"
            className="link"
            aria-label={`${say("lists.change")}: ${column.header}`}
            onClick={() => {
              document.querySelector<HTMLElement>(`#column-${String(column.index)} select`)?.focus();
            }}
          >
            {say("lists.change")}
          </button>
        </p>
      ))}
      <p className="small dim">{say("lists.known.danger")}</p>
    </div>
  );
}

export function Understood({ reading, onAnswer }: { reading: ListReading; onAnswer: (about: string, choice: string) => void }) {
  const { say } = useWords();
  const reads = useReads();
  const asked = new Set(reading.questions.map(({ about }) => about));
  const orders = (["day-first", "month-first"] as const).map((order) => [order, say(`lists.order.${order}`)] as const);
  const lines = [...new Set([0, ...reading.title.map(({ line }) => line), reading.header_line, reading.header_line + 1])].sort((a, b) => a - b);
  return (
    <section className="sec" aria-label={say("lists.known")}>
      <header>
        <h2>{say("lists.known")}</h2>
      </header>
      <Roles reading={reading} />
      {(reading.date_order === "day-first" || reading.date_order === "month-first") && !asked.has("date-order") ? (
        <Item
          title={say(`lists.order.${reading.date_order}`)}
          ground={reading.date_grounds ?? ""}
          label={say("lists.known.order")}
          value={reading.date_order}
          options={orders}
          onPick={(value) => {
            onAnswer("date-order", value);
          }}
        />
      ) : null}
      {reading.zone && !asked.has("zone") ? (
        <Item
          title={say("lists.known.zone", { zone: reading.zone })}
          ground={reading.zone_grounds ?? ""}
          label={say("lists.zone")}
          value={reading.zone}
          options={["Asia/Ho_Chi_Minh", "UTC"].map((zone) => [zone, zone] as const)}
          onPick={(value) => {
            onAnswer("zone", value);
          }}
        />
      ) : null}
      {reading.encoding && !asked.has("encoding") ? (
        <Item
          title={say("lists.known.encoding", { name: reading.encoding.toUpperCase() })}
          ground={reading.encoding_grounds ?? ""}
          label={say("lists.encoding")}
          value={reading.encoding}
          options={ENCODINGS.map((name) => [name, name.toUpperCase()] as const)}
          onPick={(value) => {
            onAnswer("encoding", value);
          }}
        />
      ) : null}
      {reading.columns.length > 0 && !asked.has("header") ? (
        <Item
          title={reading.header_line === 0 ? say("lists.header.none") : say("lists.known.header", { n: reading.header_line })}
          ground={reading.sheet ? say("lists.known.sheet", { name: reading.sheet }) : ""}
          label={say("lists.header")}
          value={String(reading.header_line)}
          options={lines.map((line) => [String(line), line === 0 ? say("lists.header.none") : say("lists.header.line", { n: line })] as const)}
          onPick={(value) => {
            onAnswer("header", value);
          }}
        />
      ) : null}
      {reading.remarks.map((remark) => (
        <p key={remark} className="small ask1">
          <Hostile text={reads(remark)} />
        </p>
      ))}
    </section>
  );
}
