// Text of a rule with numbers of its lines and marks at those of which something is said: to read, and to write (a plain
// field: Tab leaves it, as everywhere). The field is as high as its text, so that the numbers stand beside their lines.
import { useId, useRef, type ReactNode, type RefObject } from "react";
import { Hostile } from "./Hostile";
import "./rules.css";

export interface LineNote {
  line: number; // from 1; 0: of no line
  weight: "error" | "warning";
  text: string;
}
const LEAST_LINES = 14;

function Gutter({ lines, notes }: { lines: number; notes: readonly LineNote[] }) {
  const worst = new Map<number, LineNote["weight"]>();
  for (const note of notes) if (worst.get(note.line) !== "error") worst.set(note.line, note.weight);
  return (
    <div className="gutter" aria-hidden="true">
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} className={worst.get(at + 1) ?? ""}>
          {at + 1}
        </span>
      ))}
    </div>
  );
}

export function CodeText({ text, label, notes = [] }: { text: string; label: string; notes?: readonly LineNote[] }) {
  const lines = text.replace(/\n$/, "").split("\n");
  const marked = new Set(notes.map((note) => note.line));
  return (
    <div className="code">
      <Gutter lines={lines.length} notes={notes} />
      <pre tabIndex={0} aria-label={label}>
        {lines.map((line, at) => (
          <span key={at} className={marked.has(at + 1) ? "line said" : "line"}>
            <Hostile text={line} />
            {"\n"}
          </span>
        ))}
      </pre>
    </div>
  );
}

interface CodeFieldProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  notes?: readonly LineNote[];
  field?: RefObject<HTMLTextAreaElement | null>;
  most?: number;
  children?: ReactNode; // what is said below
}
export function CodeField({ label, value, onChange, notes = [], field, most = 500_000, children }: CodeFieldProps) {
  const id = useId();
  const own = useRef<HTMLTextAreaElement>(null);
  const lines = Math.max(LEAST_LINES, value.split("\n").length + 1);
  return (
    <>
      <label className="labelled" style={{ margin: 0 }} htmlFor={id}>
        <span>{label}</span>
      </label>
      <div className="code write">
        <Gutter lines={lines} notes={notes} />
        <textarea
          id={id}
          ref={field ?? own}
          rows={lines}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          maxLength={most}
          aria-describedby={`${id}-said`}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      </div>
      <div id={`${id}-said`}>{children}</div>
    </>
  );
}

// Puts the cursor at the beginning of a line of the field and shows it.
export function goToLine(field: HTMLTextAreaElement | null, line: number): void {
  if (!field) return;
  const lines = field.value.split("\n");
  const at = lines.slice(0, Math.max(0, line - 1)).reduce((sum, text) => sum + text.length + 1, 0);
  field.focus();
  field.setSelectionRange(at, at + (lines[line - 1] ?? "").length);
  const height = field.clientHeight / Math.max(1, field.rows);
  field.closest<HTMLElement>(".main")?.scrollTo({ top: Math.max(0, field.getBoundingClientRect().top + (field.closest<HTMLElement>(".main")?.scrollTop ?? 0) - 200 + height * line) });
}
