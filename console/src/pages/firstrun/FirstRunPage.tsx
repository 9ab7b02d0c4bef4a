import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import { AddSourceForm, type MadeSource } from "../../parts/AddSource";
import { FirstEvent } from "../../parts/FirstEvent";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { SecondFactor } from "../../parts/SecondFactor";
import { useMe } from "../../parts/session";
import { SetUp } from "../../parts/SetUp";
import { ErrorBox, Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";

const STEPS = ["second", "organisation", "source"] as const;
type Step = (typeof STEPS)[number];

function NameStep({ onDone }: { onDone: () => void }) {
  const { say } = useWords();
  const reading = useResource("/api/v1/organisations", { query: { limit: "1000" } });
  const rename = useChange("patch", "/api/v1/organisations/{id}");
  const [name, setName] = useState<string | null>(null);
  return (
    <Shown reading={reading} rows={2}>
      {(page) => {
        const root = page.items.find((organisation) => organisation.parent === null);
        if (!root) return <p className="dim">{say("first.noroot")}</p>;
        const send = () => {
          if (name === null || name.trim() === root.name) onDone();
          else rename.mutate({ id: root.id, body: { name: name.trim() } }, { onSuccess: onDone });
        };
        return (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
          >
            <label className="labelled">
              <span>{say("org.name")}</span>
              <input
                className="input wide"
                name="organisation"
                required
                maxLength={200}
                value={name ?? root.name}
                onChange={(event) => {
                  setName(event.target.value);
                }}
              />
            </label>
            <p className="dim small">{say("first.namenote")}</p>
            {rename.error ? <ErrorBox error={rename.error} /> : null}
            <p style={{ marginTop: "12px" }}>
              <button type="submit" className="btn pri" disabled={rename.isPending}>
                {say("first.keepname")}
              </button>
            </p>
          </form>
        );
      }}
    </Shown>
  );
}

function SourceStep({ onDone }: { onDone: () => void }) {
  const { say } = useWords();
  const [made, setMade] = useState<MadeSource | null>(null);
  if (!made)
    return (
      <>
        <p className="dim" style={{ marginBottom: "12px" }}>
          {say("first.sourcenote")}
        </p>
        <AddSourceForm onMade={setMade} />
      </>
    );
  return (
    <>
      <p>
        <b>
          <Hostile text={say("sources.ready", { name: made.name })} />
        </b>
      </p>
      <SetUp token={made.token} />
      <FirstEvent id={made.id} />
      <p style={{ marginTop: "12px" }}>
        <button type="button" className="btn pri" onClick={onDone}>
          {say("first.finish")}
        </button>
      </p>
    </>
  );
}

// What a new account, and a new node, need: each step can be left for later, none is lost by it.
export function Page() {
  const { say, number } = useWords();
  const { may, organisation } = useMe();
  const address = useAddress();
  const navigate = useNavigate();
  const steps = STEPS.filter((step) => step === "second" || (step === "organisation" ? organisation === null && may("organisation:write") : may("source:write") && may("token:write")));
  const at: Step = steps.find((step) => step === address.value("step")) ?? "second";
  const next = () => {
    const after = steps[steps.indexOf(at) + 1];
    if (after) address.set({ step: after });
    else void navigate({ to: "/" });
  };
  return (
    <>
      <div className="head row">
        <h1>{say("first.welcome")}</h1>
        <span className="dim">{say("first.step", { n: number(steps.indexOf(at) + 1), m: number(steps.length) })}</span>
      </div>
      <div className="cols first">
        <ol className="steps">
          {steps.map((step, index) => (
            <li key={step} aria-current={step === at ? "step" : undefined}>
              <Mark kind={index < steps.indexOf(at) ? "closed" : step === at ? "acknowledged" : "new"} tone={index < steps.indexOf(at) ? "c-ok" : ""} />
              {say(`first.${step}`)}
            </li>
          ))}
        </ol>
        <section className="sec wide" aria-labelledby="step">
          <h2 id="step" style={{ marginBottom: "12px" }}>
            {say(`first.${at}`)}
          </h2>
          <div className="narrow" key={at}>
            {at === "second" ? <SecondFactor removable={false} /> : at === "organisation" ? <NameStep onDone={next} /> : <SourceStep onDone={next} />}
          </div>
          <p className="row" style={{ marginTop: "24px" }}>
            <button type="button" className="btn" onClick={next}>
              {say(at === "second" ? "first.goon" : "first.later")}
            </button>
          </p>
        </section>
      </div>
    </>
  );
}
