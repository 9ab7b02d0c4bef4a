// What can be done with the chosen cases, at the foot of the list; and the account of what became of each.
import { useState } from "react";
import { useChange } from "../../api/resource";
import type { Case, CaseDeeds } from "../../api/types";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { STAGES } from "./parts";

type What = "assign" | "stage" | "comment" | "merge";
const DEEDS = ["assign", "stage", "comment", "merge"] as const;

function Account({ told, onClose }: { told: CaseDeeds; onClose: () => void }) {
  const { say, number, why } = useWords();
  return (
    <Dialog title={say("cases.account", { n: number(told.done), m: number(told.refused) })} onClose={onClose} wide>
      <ul className="plain scrolly" data-testid="account" tabIndex={0}>
        {told.items.map((one) => (
          <li key={one.case}>
            <Mark kind={one.done ? "closed" : "refused"} tone={one.done ? "c-ok" : "c-critical"} /> <Hostile text={`${number(one.number)} · ${one.title}`} />
            {": "}
            {one.done ? say("cases.account.done") : <Hostile text={why({ text: one.reason, code: one.reason_code, values: one.reason_values })} />}
          </li>
        ))}
      </ul>
      <footer>
        <button type="button" className="btn end" data-autofocus onClick={onClose}>
          {say("do.close")}
        </button>
      </footer>
    </Dialog>
  );
}

function DeedDialog({ what, files, onClose, onTold }: { what: What; files: readonly Case[]; onClose: () => void; onTold: (told: CaseDeeds) => void }) {
  const { say, number } = useWords();
  const { name } = useMe();
  const deed = useChange("post", "/api/v1/case-deeds");
  const [text, setText] = useState(what === "assign" ? name : "");
  const [stage, setStage] = useState<Case["stage"]>("verifying");
  const [into, setInto] = useState(files[0]?.id ?? "");
  const cases = files.map((one) => ({ id: one.id, version: one.version }));
  const body = {
    assign: { cases, assign: { to: text } },
    stage: { cases, stage: { stage, ...(text ? { reason: text } : {}) } },
    comment: { cases, comment: { text } },
    merge: { cases: cases.filter((one) => one.id !== into), merge: { into, ...(text ? { reason: text } : {}) } },
  }[what];
  return (
    <AskDialog
      title={`${say(`cases.do.${what}`)}: ${say("cases.chosen", { n: number(files.length) })}`}
      {...(what === "merge" ? { note: say("case.merge.note") } : {})}
      verb={say(`cases.do.${what}`)}
      busy={deed.isPending}
      error={deed.error}
      onClose={onClose}
      onConfirm={() => {
        deed.mutate({ body }, { onSuccess: onTold });
      }}
    >
      {what === "stage" ? (
        <label className="labelled">
          <span>{say("case.stage")}</span>
          <select
            className="input"
            name="stage"
            value={stage}
            onChange={(event) => {
              const chosen = STAGES.find((one) => one === event.target.value);
              if (chosen) setStage(chosen);
            }}
          >
            {STAGES.filter((one) => one !== "acknowledged").map((one) => (
              <option key={one} value={one}>
                {say(`case.stage.${one}`)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {what === "merge" ? (
        <label className="labelled">
          <span>{say("cases.merge.into")}</span>
          <select
            className="input"
            name="into"
            value={into}
            onChange={(event) => {
              setInto(event.target.value);
            }}
          >
            {files.map((one) => (
              <option key={one.id} value={one.id}>
                {`${number(one.number)} · ${one.title}`}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <TextField
        label={say(what === "assign" ? "case.assigned" : what === "comment" ? "case.comment" : "case.reason")}
        name="text"
        value={text}
        onChange={setText}
        required={what === "comment"}
        maxLength={what === "assign" ? 200 : 4000}
      />
    </AskDialog>
  );
}

export function CasesBulk({ files, onUnchoose }: { files: readonly Case[]; onUnchoose: () => void }) {
  const { say, number } = useWords();
  const [asked, setAsked] = useState<What | "">("");
  const [told, setTold] = useState<CaseDeeds | null>(null);
  return (
    <>
      {files.length > 0 ? (
        <div className="bulk">
          <b>{say("cases.chosen", { n: number(files.length) })}</b>
          <span className="end row">
            {DEEDS.map((one) => (
              <button
                key={one}
                type="button"
                className="btn"
                disabled={one === "merge" && files.length < 2}
                onClick={() => {
                  setAsked(one);
                }}
              >
                {say(`cases.do.${one}`)}
              </button>
            ))}
            <button type="button" className="btn" onClick={onUnchoose}>
              {say("cases.unchoose")}
            </button>
          </span>
        </div>
      ) : null}
      {asked ? (
        <DeedDialog
          what={asked}
          files={files}
          onClose={() => {
            setAsked("");
          }}
          onTold={(account) => {
            setAsked("");
            setTold(account);
            onUnchoose();
          }}
        />
      ) : null}
      {told ? (
        <Account
          told={told}
          onClose={() => {
            setTold(null);
          }}
        />
      ) : null}
    </>
  );
}
