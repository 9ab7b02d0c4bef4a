import { useState } from "react";
import type { ApiError } from "../api/client";
import { useWords } from "./preferences";
import { ErrorBox } from "./States";

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
        <label className="labelled">
          <span>{say("password.present")}</span>
          <input
            className="input wide"
            type="password"
            name="present"
            autoComplete="current-password"
            required
            maxLength={1024}
            value={old}
            onChange={(event) => {
              setOld(event.target.value);
            }}
          />
        </label>
      ) : null}
      <label className="labelled">
        <span>{say("password.new", { n: number(LEAST) })}</span>
        <input
          className="input wide"
          type="password"
          name="password"
          autoComplete="new-password"
          required
          maxLength={1024}
          value={first}
          onChange={(event) => {
            setFirst(event.target.value);
          }}
        />
      </label>
      <label className="labelled">
        <span>{say("password.again")}</span>
        <input
          className="input wide"
          type="password"
          name="again"
          autoComplete="new-password"
          required
          maxLength={1024}
          value={second}
          onChange={(event) => {
            setSecond(event.target.value);
          }}
        />
      </label>
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
