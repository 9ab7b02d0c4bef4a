// Whether an incident is serious: the three conditions with what speaks for each; a person confirms.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { Case, CaseCondition, CaseSeriousness } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { HOLDS_MARKS, IMPACTS, nameOf } from "./work";

type Asked = "impact" | "alone" | "confirm" | "";

function StateDialog({ file, what, onClose }: { file: Case; what: "impact" | "alone"; onClose: () => void }) {
  const { say } = useWords();
  const state = useChange("post", "/api/v1/cases/{id}/seriousness");
  const [holds, setHolds] = useState(true);
  const [kind, setKind] = useState<(typeof IMPACTS)[number]>("service-interrupted");
  const [reason, setReason] = useState("");
  return (
    <AskDialog
      title={say(`serious.${what}`)}
      note={say("serious.basis")}
      verb={say("serious.state")}
      busy={state.isPending}
      error={state.error}
      onClose={onClose}
      onConfirm={() => {
        state.mutate({ id: file.id, body: { what, holds, reason, ...(what === "impact" && holds ? { kind } : {}) } }, { onSuccess: onClose });
      }}
    >
      <fieldset className="labelled row">
        <legend className="small faint">{say("serious.state")}</legend>
        {([true, false] as const).map((one) => (
          <label key={String(one)} className="row nw">
            <input
              type="radio"
              name="holds"
              checked={holds === one}
              onChange={() => {
                setHolds(one);
              }}
            />
            {say(one ? "serious.holds" : "serious.holds.not")}
          </label>
        ))}
      </fieldset>
      {what === "impact" && holds ? (
        <label className="labelled">
          <span>{say("serious.impact")}</span>
          <select
            className="input"
            name="kind"
            value={kind}
            onChange={(event) => {
              const chosen = IMPACTS.find((one) => one === event.target.value);
              if (chosen) setKind(chosen);
            }}
          >
            {IMPACTS.map((one) => (
              <option key={one} value={one}>
                {say(`impact.${one}`)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} required maxLength={4000} />
    </AskDialog>
  );
}

function ConfirmDialog({ file, onClose }: { file: Case; onClose: () => void }) {
  const { say } = useWords();
  const confirm = useChange("post", "/api/v1/cases/{id}/serious");
  const [reason, setReason] = useState("");
  const serious = !file.serious;
  return (
    <AskDialog
      title={say(serious ? "serious.confirm" : "serious.confirm.not")}
      note={say("serious.confirm.note")}
      verb={say(serious ? "serious.confirm" : "serious.confirm.not")}
      danger={serious}
      busy={confirm.isPending}
      error={confirm.error}
      onClose={onClose}
      onConfirm={() => {
        confirm.mutate({ id: file.id, body: { serious, reason } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("case.reason")} name="reason" value={reason} onChange={setReason} required maxLength={4000} />
    </AskDialog>
  );
}

function useGround() {
  const { say, number } = useWords();
  const stated = (condition: CaseCondition) => {
    if (!condition.stated) return say("serious.unsaid");
    const impact = IMPACTS.find((one) => one === condition.kind);
    return `${impact ? `${say(`impact.${impact}`)} · ` : ""}${say("serious.by", { who: nameOf(condition.by), reason: condition.reason })}`;
  };
  return (found: CaseSeriousness) => {
    const level = [
      found.level.level > 0 ? say("serious.level.known", { level: number(found.level.level) }) : "",
      found.level.without_level > 0 ? say("serious.level.unknown", { n: number(found.level.without_level) }) : "",
    ];
    return { level: level.filter(Boolean).join(" · "), impact: stated(found.impact), alone: stated(found.alone) };
  };
}

export function Seriousness({ file }: { file: Case }) {
  const { say } = useWords();
  const { may } = useMe();
  const reading = useResource("/api/v1/cases/{id}/seriousness", { id: file.id });
  const [asked, setAsked] = useState<Asked>("");
  const ground = useGround();
  const shut = () => {
    setAsked("");
  };
  return (
    <section className="sec" aria-labelledby="case-serious">
      <header>
        <h2 id="case-serious">{say("serious.title")}</h2>
        <span className="small faint">{say("serious.basis")}</span>
      </header>
      <Shown reading={reading} rows={3}>
        {(found) => (
          <>
            <ul className="plain" data-testid="seriousness">
              {(["level", "impact", "alone"] as const).map((one) => (
                <li key={one}>
                  <span className="state" style={{ whiteSpace: "normal" }}>
                    <Mark kind={HOLDS_MARKS[found[one].holds][0]} tone={HOLDS_MARKS[found[one].holds][1]} />
                    <span>
                      {say(`serious.${one}`)}
                      {": "}
                      <b>{say(`holds.${found[one].holds}`)}</b>
                    </span>
                  </span>
                  <div className="small dim row">
                    <Hostile text={ground(found)[one]} />
                    {one !== "level" && may("case:write") && !file.closed ? (
                      <button
                        type="button"
                        className="btn sm end"
                        aria-label={`${say("serious.state")}: ${say(`serious.${one}`)}`}
                        onClick={() => {
                          setAsked(one);
                        }}
                      >
                        {say("serious.state")}
                      </button>
                    ) : null}
                  </div>
                </li>
              ))}
            </ul>
            <p className="row">
              <b data-testid="serious-all">{say(file.serious ? "serious.confirmed" : `serious.${found.all}`)}</b>
              {may("case:judge") && !file.closed ? (
                <button
                  type="button"
                  className="btn sm end"
                  onClick={() => {
                    setAsked("confirm");
                  }}
                >
                  {say(file.serious ? "serious.confirm.not" : "serious.confirm")}
                </button>
              ) : null}
            </p>
          </>
        )}
      </Shown>
      {asked === "impact" || asked === "alone" ? <StateDialog file={file} what={asked} onClose={shut} /> : null}
      {asked === "confirm" ? <ConfirmDialog file={file} onClose={shut} /> : null}
    </section>
  );
}
