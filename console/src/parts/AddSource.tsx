import { useState } from "react";
import { useChange } from "../api/resource";
import { ErrorBox } from "./States";
import { useWords } from "./preferences";
import { TextField } from "./Field";

export interface MadeSource {
  id: string;
  name: string;
  token: string;
}

// Name, format and zone of a new source, then its token in the same step.
export function AddSourceForm({ onMade }: { onMade: (made: MadeSource) => void }) {
  const { say } = useWords();
  const [name, setName] = useState("");
  const [zone, setZone] = useState("Asia/Ho_Chi_Minh");
  const add = useChange("post", "/api/v1/sources");
  const make = useChange("post", "/api/v1/tokens");
  const send = () => {
    const source = name.trim();
    const then = (id: string) => {
      make.mutate(
        { body: { role: "ingest", source } },
        {
          onSuccess: (made) => {
            onMade({ id, name: source, token: made.token ?? "" });
          },
        },
      );
    };
    if (add.data?.name === source) then(add.data.id);
    else
      add.mutate(
        { body: { name: source, ...(zone.trim() ? { zone: zone.trim() } : {}) } },
        {
          onSuccess: (made) => {
            then(made.id);
          },
        },
      );
  };
  const error = add.error ?? make.error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextField label={say("sources.addname")} className="mono" name="source" data-autofocus required maxLength={64} pattern="[a-z0-9._\-]+" value={name} onChange={setName} />
      <TextField label={say("sources.zone")} className="mono" name="zone" maxLength={64} value={zone} onChange={setZone} />
      {error ? <ErrorBox error={error} /> : null}
      <button type="submit" className="btn pri" disabled={add.isPending || make.isPending}>
        {say("sources.make")}
      </button>
    </form>
  );
}
