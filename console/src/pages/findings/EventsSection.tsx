import { useState } from "react";
import { textOfBytes, textOfValue } from "../../base/hostile";
import { formatTime } from "../../base/time";
import { revealEvent } from "../../api/search";
import { useResource } from "../../api/resource";
import type { Event, Finding } from "../../api/types";
import { Hostile } from "../../parts/Hostile";
import { Reveal } from "../../parts/Reveal";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";

const MOST = 20;

interface Fields {
  fields: Record<string, unknown>;
  raw?: string;
}

function EventDetail({ id, matched }: { id: string; matched: ReadonlySet<string> }) {
  const { say } = useWords();
  const { may } = useMe();
  const reading = useResource("/api/v1/events/{id}", { id });
  const [shown, setShown] = useState<Fields | null>(null);
  const table = (event: Event) => {
    const own: Fields = shown ?? { fields: event.fields, ...(event.raw === undefined ? {} : { raw: event.raw }) };
    return (
      <>
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">{say("events.fields")}</th>
              <th scope="col">
                <span className="mono">
                  <Hostile text={`${event.source.name} · ${event.format}`} />
                </span>
              </th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(own.fields).map(([name, value]) => (
              <tr key={name}>
                <td className="mono">
                  <Hostile text={name} />
                </td>
                <td className="mono">
                  <div className="clamp">
                    <Hostile text={textOfValue(value)} mark={matched.has(name)} />
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {event.masked ? (
          <Reveal
            key={id}
            note={say("events.masked")}
            allowed={may("personal:reveal")}
            reveal={async (reason) => {
              const revealed = await revealEvent(id, reason);
              setShown({ fields: revealed.fields, ...(revealed.raw === undefined ? {} : { raw: revealed.raw }) });
            }}
            onHide={() => {
              setShown(null);
            }}
          />
        ) : null}
        {own.raw !== undefined ? (
          <>
            <h3 style={{ margin: "10px 0 4px" }}>{say("events.raw")}</h3>
            <pre className="raw" tabIndex={0} aria-label={say("events.raw")}>
              <Hostile text={textOfBytes(own.raw)} />
            </pre>
          </>
        ) : null}
      </>
    );
  };
  return (
    <Shown reading={reading} rows={6}>
      {table}
    </Shown>
  );
}

export function EventsSection({ finding }: { finding: Finding }) {
  const { say, number } = useWords();
  const { may } = useMe();
  const reading = useResource("/api/v1/findings/{id}/events", { id: finding.id, enabled: may("event:read") });
  const [chosen, setChosen] = useState("");
  const matched = new Set(Object.keys(finding.matched));
  if (!may("event:read")) return null;
  return (
    <section className="sec wide" aria-labelledby="events">
      <Shown reading={reading}>
        {(events) => {
          const half = MOST / 2;
          const shown = events.items.length > MOST ? [...events.items.slice(0, half), ...events.items.slice(-half)] : events.items;
          const id = chosen || (shown[0]?.id ?? "");
          return (
            <>
              <header>
                <h2 id="events">{say("events.title")}</h2>
                <span className="dim small">{say("events.kept", { kept: number(events.items.length), n: number(events.count) })}</span>
              </header>
              <div className="row" role="group" aria-label={say("events.title")} style={{ marginBottom: "8px" }}>
                {shown.map((event) => (
                  <button
                    key={event.id}
                    type="button"
                    className="btn sm mono"
                    aria-pressed={event.id === id}
                    onClick={() => {
                      setChosen(event.id);
                    }}
                  >
                    {formatTime(event.occurred)}
                  </button>
                ))}
              </div>
              {id ? <EventDetail key={id} id={id} matched={matched} /> : null}
            </>
          );
        }}
      </Shown>
    </section>
  );
}
