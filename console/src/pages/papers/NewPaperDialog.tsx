// A new paper: which form, and what it is about.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { useWords } from "../../parts/preferences";
import { toUtc } from "./parts";

export function NewPaperDialog({ onClose }: { onClose: () => void }) {
  const { say, number, language } = useWords();
  const go = useNavigate();
  const forms = useList("/api/v1/paper-forms");
  const cases = useList("/api/v1/cases");
  const add = useChange("post", "/api/v1/papers");
  const [form, setForm] = useState("mau-03");
  const [file, setFile] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const source = forms.data?.find((one) => one.code === form)?.source ?? "incident";
  return (
    <AskDialog
      title={say("paper.new")}
      verb={say("paper.new")}
      busy={add.isPending}
      error={add.error}
      onClose={onClose}
      onConfirm={() => {
        const period = { ...(from ? { from: toUtc(`${from}T00:00`) } : {}), ...(until ? { until: toUtc(`${until}T23:59`) } : {}) };
        add.mutate(
          { body: { form, ...(source === "incident" ? { case: file } : period) } },
          {
            onSuccess: (made) => {
              onClose();
              void go({ to: "/papers/$id", params: { id: made.id } });
            },
          },
        );
      }}
    >
      <label className="labelled">
        <span>{say("paper.form")}</span>
        <select
          className="input"
          name="form"
          value={form}
          onChange={(event) => {
            setForm(event.target.value);
          }}
        >
          {(forms.data ?? []).map((one) => (
            <option key={one.code} value={one.code}>
              {`${language === "vi" ? one.title_vi : one.title}${one.pending ? ` (${say("paper.form.pending")})` : ""}`}
            </option>
          ))}
        </select>
      </label>
      {source === "incident" ? (
        <label className="labelled">
          <span>{say("paper.case")}</span>
          <select
            className="input"
            name="case"
            required
            value={file}
            onChange={(event) => {
              setFile(event.target.value);
            }}
          >
            <option value="">{say("paper.case.choose")}</option>
            {(cases.data ?? []).map((one) => (
              <option key={one.id} value={one.id}>
                {`${number(one.number)} · ${one.title}`}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <div className="row">
          <TextField label={say("paper.from")} name="from" type="date" value={from} onChange={setFrom} required />
          <TextField label={say("paper.until")} name="until" type="date" value={until} onChange={setUntil} required />
        </div>
      )}
    </AskDialog>
  );
}
