// A rule's text on events that the writer names or brings along: whether it holds, and the condition part by part.
import { useState } from "react";
import { useTry } from "../../api/rules";
import type { RuleTry } from "../../api/types";
import { shortId } from "../../base/text";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { RuleParts } from "../../parts/RuleParts";
import { Shown } from "../../parts/States";
import { useLater } from "./later";

const EVENT = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}:\d{1,20}$/i;
const WAIT_MS = 500;

type Item = RuleTry["items"][number];

function Tried({ item }: { item: Item }) {
  const { say } = useWords();
  const held = item.rules.some((rule) => rule.held);
  return (
    <li>
      <p className="row">
        <span className={`state ${held ? "c-ok" : "dim"}`}>
          {held ? <Mark kind="closed" tone="c-ok" /> : <Mark kind="new" tone="faint" />}
          <b>{say(held ? "try.held" : "try.missed")}</b>
        </span>
        <span title={item.event ?? ""}>{item.event ? say("try.of", { id: shortEvent(item.event) }) : say("try.record", { n: item.number ?? 0 })}</span>
        <span className="faint mono small">
          <Hostile text={item.format} />
        </span>
        {item.masked ? <span className="faint small">{say("try.masked")}</span> : null}
      </p>
      {item.unparsed ? (
        <p className="c-unk state">
          <Mark kind="unknown" tone="c-unk" />
          <Hostile text={say("try.unparsed", { why: item.unparsed })} />
        </p>
      ) : null}
      {item.rules.map((rule) => (
        <div key={rule.rule}>
          {item.rules.length > 1 ? (
            <h3 className="small">
              <Hostile text={rule.title} />
            </h3>
          ) : null}
          <RuleParts parts={rule.parts} />
        </div>
      ))}
    </li>
  );
}
const shortEvent = (id: string): string => {
  const [journal = "", position = ""] = id.split(":");
  return `${shortId(journal)}:${position}`;
};

export function Trial({ text, first }: { text: string; first: string }) {
  const { say, number } = useWords();
  const [event, setEvent] = useState(first);
  const [sample, setSample] = useState("");
  const asked = EVENT.test(event.trim()) ? event.trim() : "";
  const record = useLater(sample, WAIT_MS);
  const tried = useTry(text, asked, record);
  const idle = asked === "" && record.trim() === "";
  return (
    <section className="sec wide" aria-labelledby="try">
      <header>
        <h2 id="try">{say("try.title")}</h2>
        {tried.isFetching ? (
          <span className="dim small" role="status">
            {say("lint.busy")}
          </span>
        ) : null}
      </header>
      <TextField label={say("try.event")} name="event" className="mono" maxLength={100} value={event} onChange={setEvent} />
      <label className="labelled">
        <span>{say("try.sample")}</span>
        <textarea
          className="input mono"
          name="sample"
          rows={4}
          maxLength={1_000_000}
          spellCheck={false}
          value={sample}
          onChange={(change) => {
            setSample(change.target.value);
          }}
        />
      </label>
      {idle ? (
        <p className="dim">{say("try.first")}</p>
      ) : (
        <Shown reading={tried} rows={3}>
          {(answer) =>
            answer.items.length > 0 && answer.items.every((item) => item.rules.length === 0) ? (
              <p className="c-unk">{say("try.norule")}</p>
            ) : (
              <>
                <h3 className="faint small">{say("try.parts")}</h3>
                <ul className="plain trial" data-testid="trial">
                  {answer.items.map((item) => (
                    <Tried key={item.event ?? String(item.number)} item={item} />
                  ))}
                </ul>
                {answer.left_out > 0 ? <p className="c-unk">{say("try.leftout", { n: number(answer.left_out) })}</p> : null}
              </>
            )
          }
        </Shown>
      )}
    </section>
  );
}
