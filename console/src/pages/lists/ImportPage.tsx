// One list from the file to keeping it: the steps above, what they show on the left, what is in doubt and what was understood on the
// right, and below the account that always adds up.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { uploadRejected, useReading } from "../../api/lists";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { Empty, ErrorBox, Loading } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { Account } from "./Account";
import { Body } from "./ImportBody";
import { useImport } from "./import_state";
import type { KeepWishes } from "./KeepStep";
import { LetterNumber, shortHash } from "./parts";
import { Questions } from "./Questions";
import { SameList } from "./SameList";
import { stepNamed, STEPS, Steps, stepOf, type Step } from "./Steps";
import { Understood } from "./Understood";
import "./lists.css";

export function Page() {
  const { say, number, bytes } = useWords();
  const address = useAddress();
  const id = address.value("upload");
  const step: Step = id === "" ? "file" : (stepNamed(address.value("step")) ?? "columns");
  const state = useImport(id);
  const asked = useReading(id, state.choices);
  const reading = asked.data;
  const [wishes, setWishes] = useState<KeepWishes>({ indicators: true, profile: "" });
  const at = STEPS.indexOf(step);
  const [next, back] = [STEPS[at + 1], STEPS[at - 1]];
  const go = (to: Step) => {
    address.set({ step: to });
  };
  const blocking = reading?.questions.find((question) => STEPS.indexOf(stepOf(question.about)) <= at);
  const answer = (about: string, choice: string) => {
    if (reading) state.answer(about, choice, reading);
  };
  const name = state.file?.name ?? "";
  return (
    <>
      <div className="head">
        <div className="crumb">
          <Link to="/lists">{say("page.lists")}</Link>
          <Icon name="right" />
          {say("lists.new")}
        </div>
        <div className="row">
          <h1>
            <Hostile text={reading?.letter.subject || name || say("lists.new")} />
          </h1>
          {reading ? (
            <span className="chip">
              <Hostile text={reading.letter.issuer} /> <LetterNumber letter={reading.letter} />
            </span>
          ) : null}
          {id === "" ? null : <span className="end dim small">{say("lists.leave")}</span>}
        </div>
        <Steps step={step} reading={reading} onStep={go} />
      </div>
      {id !== "" && name !== "" ? (
        <div className="filebar row small">
          <Icon name="paper" />
          <b>
            <Hostile text={name} />
          </b>
          <span className="dim">{bytes(state.file?.bytes ?? 0)}</span>
          {reading ? <span className="dim">{say("lists.bar.rows", { n: number(reading.counts.read), t: number(reading.title.length), f: number(reading.footer.length) })}</span> : null}
          {reading?.separator ? <span className="dim">{say("lists.bar.separator", { c: reading.separator === "\t" ? "Tab" : reading.separator })}</span> : null}
          {reading?.encoding ? <span className="dim">{reading.encoding.toUpperCase()}</span> : null}
          <span className="end dim" title={state.file?.sha256}>
            {say("lists.bar.hash")} <span className="mono">{shortHash(state.file?.sha256 ?? "")}</span>
          </span>
        </div>
      ) : null}
      {asked.error ? (
        <ErrorBox
          error={asked.error}
          retry={() => {
            void asked.refetch();
          }}
        />
      ) : null}
      {reading?.same_as ? <SameList same={reading.same_as} /> : null}
      {reading === undefined ? (
        id === "" || asked.error ? (
          <Body step="file" />
        ) : (
          <Loading />
        )
      ) : (
        <div className="cols import" aria-busy={asked.isPlaceholderData}>
          <div className="importbody">
            {reading.counts.read === 0 && step !== "file" && step !== "read" ? (
              <Empty title={say("lists.norows")} />
            ) : (
              <Body step={step} id={id} reading={reading} state={state} wishes={wishes} onWish={setWishes} onAnswer={answer} />
            )}
            <Account counts={reading.counts} rejected={uploadRejected(id)} />
          </div>
          <aside className="rail" aria-label={say("lists.aside")}>
            <Questions reading={reading} onAnswer={answer} />
            <Understood reading={reading} onAnswer={answer} />
            <section className="sec onward">
              <div className="row">
                {back ? (
                  <button
                    type="button"
                    className="btn"
                    onClick={() => {
                      go(back);
                    }}
                  >
                    {say("lists.back")}
                  </button>
                ) : null}
                {next ? (
                  <button
                    type="button"
                    className="btn pri end"
                    disabled={blocking !== undefined}
                    onClick={() => {
                      go(next);
                    }}
                  >
                    {say("lists.next", { what: say(`lists.step.${next}`) })}
                  </button>
                ) : null}
              </div>
              {blocking ? <p className="small dim">{say("lists.decide.first", { n: number(reading.questions.length) })}</p> : null}
            </section>
          </aside>
        </div>
      )}
    </>
  );
}
