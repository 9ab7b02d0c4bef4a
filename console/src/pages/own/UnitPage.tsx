// What the directory says of the organisation: its ranges, systems and contacts.
import { useList } from "../../api/resource";
import { formatDate } from "../../base/time";
import { Hostile } from "../../parts/Hostile";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Shown } from "../../parts/States";

const PARTS = [
  ["range", "own.unit.ranges"],
  ["system", "own.unit.systems"],
  ["contact", "own.unit.contacts"],
] as const;

function Facts({ kind, title }: { kind: (typeof PARTS)[number][0]; title: (typeof PARTS)[number][1] }) {
  const { say } = useWords();
  const list = useList("/api/v1/facts", { query: { kind, state: "approved", limit: "100" } });
  return (
    <section className="part" aria-labelledby={`own-${kind}`}>
      <h2 id={`own-${kind}`}>{say(title)}</h2>
      <Shown reading={list} rows={2}>
        {(facts) =>
          facts.length === 0 ? (
            <p className="dim">{say("own.unit.none")}</p>
          ) : (
            <ul className="plain">
              {facts.map((fact) => (
                <li key={fact.number}>
                  <b className={kind === "range" ? "mono" : undefined}>
                    <Hostile text={fact.subject} />
                  </b>
                  <span className="small dim">
                    {" · "}
                    <Hostile text={fact.organisation_name} />
                    {` · ${formatDate(Date.parse(fact.from))}`}
                    {fact.until ? ` – ${formatDate(Date.parse(fact.until))}` : ""}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      <MoreRows list={list} />
    </section>
  );
}

export function Page() {
  const { say } = useWords();
  return (
    <>
      <section className="part">
        <h1>{say("page.own.unit")}</h1>
        <p className="dim">{say("own.unit.note")}</p>
      </section>
      {PARTS.map(([kind, title]) => (
        <Facts key={kind} kind={kind} title={title} />
      ))}
    </>
  );
}
