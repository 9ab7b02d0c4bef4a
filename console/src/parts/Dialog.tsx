// Questions before something is changed: the concrete target in the title, the undo in the text, the reason where the
// server wants one. The confirming button repeats the verb and never has the focus at the start.
import { Modal } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { ApiError } from "../api/client";
import { ErrorBox } from "./States";
import { useWords } from "./preferences";

export function Dialog({ title, onClose, children, wide = false }: { title: ReactNode; onClose: () => void; children: ReactNode; wide?: boolean }) {
  return (
    <Modal opened onClose={onClose} withCloseButton={false} lockScroll={false} size={wide ? 640 : 460} centered transitionProps={{ duration: 0 }}>
      <div className="dialog">
        <Modal.Title style={{ fontSize: "var(--t-section)", fontWeight: 600, lineHeight: 1.3 }}>{title}</Modal.Title>
        {children}
      </div>
    </Modal>
  );
}

// Why it is done, for the audit chain; `wanting`: it was sent off too short.
export function ReasonField({ value, onChange, wanting }: { value: string; onChange: (text: string) => void; wanting: boolean }) {
  const { say } = useWords();
  return (
    <>
      <label className="labelled">
        <span>{say("ask.reason")}</span>
        <textarea
          className="input"
          data-autofocus
          rows={3}
          maxLength={500}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      </label>
      {wanting ? (
        <p className="c-critical" role="alert">
          {say("ask.short")}
        </p>
      ) : null}
    </>
  );
}

interface AskProps {
  title: ReactNode;
  note?: string;
  verb: string;
  danger?: boolean;
  reason?: boolean;
  busy: boolean;
  error: ApiError | null;
  children?: ReactNode;
  onClose: () => void;
  onConfirm: (reason: string) => void;
}
export function AskDialog({ title, note, verb, danger = false, reason = false, busy, error, children, onClose, onConfirm }: AskProps) {
  const { say } = useWords();
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const short = reason && text.trim().length < 3;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!short) onConfirm(text.trim());
        }}
      >
        {note ? <p className="dim">{note}</p> : null}
        {children}
        {reason ? <ReasonField value={text} onChange={setText} wanting={tried && short} /> : null}
        {error ? <ErrorBox error={error} /> : null}
        <footer>
          <button type="button" className="btn end" data-autofocus={reason ? undefined : true} onClick={onClose}>
            {say("do.cancel")}
          </button>
          <button type="submit" className={danger ? "btn stopfill" : "btn pri"} disabled={busy}>
            {verb}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
