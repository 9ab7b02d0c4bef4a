import { useState } from "react";
import type { ApiError } from "../api/client";
import { useWords } from "./preferences";
import { ErrorBox } from "./States";
import { TextField } from "./Field";

const LEAST = 12;

// A new password, typed twice; `present`: the one in force is asked as well. Says what is missing before it is sent.
export function PasswordForm({
  present = false,
  verb,
  busy,
  error,
  onSend,
}: {
  present?: boolean;
  verb: string;
  busy: boolean;
  error: ApiError | null;
  onSend: (password: string, present: string) => void;
}) {
  const { say, number } = useWords();
  const [old, setOld] = useState("");
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [tried, setTried] = useState(false);
  const trouble = [...first].length < LEAST ? say("password.short", { n: number(LEAST) }) : first !== second ? say("password.differ") : "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!trouble) onSend(first, old);
      }}
    >
      {present ? (
        <TextField label={say("password.present")} className="wide" type="password" name="present" autoComplete="current-password" required maxLength={1024} value={old} onChange={setOld} />
      ) : null}
      <TextField
        label={say("password.new", { n: number(LEAST) })}
        className="wide"
        type="password"
        name="password"
        autoComplete="new-password"
        required
        maxLength={1024}
        value={first}
        onChange={setFirst}
      />
      <TextField label={say("password.again")} className="wide" type="password" name="again" autoComplete="new-password" required maxLength={1024} value={second} onChange={setSecond} />
      {tried && trouble ? (
        <p className="c-critical" role="alert" style={{ marginBottom: "8px" }}>
          {trouble}
        </p>
      ) : null}
      {error ? <ErrorBox error={error} /> : null}
      <button type="submit" className="btn pri" disabled={busy}>
        {verb}
      </button>
    </form>
  );
}
