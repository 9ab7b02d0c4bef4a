import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { ErrorBox } from "../../parts/States";

const MOST_SHOWN = 20;

// Building the archive anew from the journal: how far it is, what it left as it was, and for who may: begin and stop.
export function Rebuild() {
  const { say, number } = useWords();
  const { may } = useMe();
  const reading = useResource("/api/v1/archive", { every: 10_000 });
  const begin = useChange("post", "/api/v1/archive/rebuild");
  const stop = useChange("delete", "/api/v1/archive/rebuild");
  const [asking, setAsking] = useState(false);
  if (!reading.data) return reading.error ? <ErrorBox error={reading.error} /> : null;
  const { segments, events, events_marked: marked, kept } = reading.data.rebuild;
  const running = segments > 0;
  return (
    <>
      {running ? (
        <>
          <span className="meter" style={{ maxWidth: "20rem" }}>
            <i style={{ width: `${String(marked > 0 ? ((marked - events) / marked) * 100 : 0)}%` }} />
          </span>
          <span role="status">{say("rebuild.left", { n: number(events), m: number(marked), s: number(segments) })}</span>
        </>
      ) : (
        <span className="faint">{say("rebuild.none")}</span>
      )}{" "}
      {may("archive:rebuild") ? (
        <button
          type="button"
          className="btn sm"
          disabled={begin.isPending || stop.isPending}
          onClick={() => {
            if (running) stop.mutate({});
            else setAsking(true);
          }}
        >
          {say(running ? "rebuild.stop" : "rebuild.begin")}
        </button>
      ) : null}
      {kept.slice(0, MOST_SHOWN).map((text) => (
        <div key={text} className="small dim">
          <Hostile text={say("rebuild.kept", { why: text })} />
        </div>
      ))}
      {stop.error ? <ErrorBox error={stop.error} /> : null}
      {asking ? (
        <AskDialog
          title={say("rebuild.begin")}
          note={say("rebuild.note")}
          verb={say("rebuild.begin")}
          busy={begin.isPending}
          error={begin.error}
          onClose={() => {
            setAsking(false);
          }}
          onConfirm={() => {
            begin.mutate(
              { body: {} },
              {
                onSuccess: () => {
                  setAsking(false);
                },
              },
            );
          }}
        />
      ) : null}
    </>
  );
}
