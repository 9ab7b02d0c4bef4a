// Answers by the sheet: it is loaded, filled in and sent back; first what would become of each row is told, then it is taken.
import { useState } from "react";
import { useChange } from "../../api/resource";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { ErrorBox } from "../../parts/States";
import { base64 } from "./parts";

const SHEET = "/api/v1/case-answers/sheet";

export function Sheet() {
  const { say, number, why } = useWords();
  const take = useChange("post", "/api/v1/case-answers");
  const [data, setData] = useState("");
  const told = take.data;
  return (
    <section className="part" aria-labelledby="own-sheet">
      <h2 id="own-sheet">{say("own.sheet")}</h2>
      <p className="dim">{say("own.sheet.note")}</p>
      <div className="answers">
        <a className="btn" href={`${SHEET}?format=xlsx`} download>
          {say("own.sheet.xlsx")}
        </a>
        <a className="btn" href={`${SHEET}?format=csv`} download>
          {say("own.sheet.csv")}
        </a>
      </div>
      <label className="labelled">
        <span>{say("own.sheet.file")}</span>
        <input
          type="file"
          name="sheet"
          accept=".xlsx,.csv"
          disabled={take.isPending}
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            take.reset();
            setData("");
            if (file)
              void file.arrayBuffer().then((bytes) => {
                const text = base64(new Uint8Array(bytes));
                setData(text);
                take.mutate({ body: { data: text, preview: true } });
              });
          }}
        />
      </label>
      {take.error ? <ErrorBox error={take.error} /> : null}
      {told ? (
        <div data-testid="sheet-account" role="status">
          <p>
            <b>{told.kept ? say("own.sheet.done") : say("own.sheet.account", { n: number(told.read) })}</b>
            {told.kept ? ` ${say("own.sheet.account", { n: number(told.read) })}` : ""}
            {" = "}
            {say("own.sheet.taken", { n: number(told.taken) })}
            {" + "}
            {say("own.sheet.unchanged", { n: number(told.unchanged) })}
            {" + "}
            <span className={told.refused > 0 ? "c-critical" : undefined}>{say("own.sheet.refused", { n: number(told.refused) })}</span>
          </p>
          {told.reasons.length > 0 ? (
            <ul className="plain small">
              {told.reasons.slice(0, 50).map((one) => (
                <li key={`${String(one.line)} ${one.reason}`}>
                  {say("own.sheet.line", { n: number(one.line) })}
                  {": "}
                  <Hostile text={why({ text: one.reason, code: one.reason_code, values: one.reason_values })} />
                </li>
              ))}
            </ul>
          ) : null}
          {!told.kept && told.taken > 0 ? (
            <button
              type="button"
              className="btn pri"
              disabled={take.isPending}
              onClick={() => {
                take.mutate({ body: { data } });
              }}
            >
              {say("own.sheet.send", { n: number(told.taken) })}
            </button>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
