import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useChange, useResource } from "../../api/resource";
import { useAllRules, useLint } from "../../api/rules";
import { idOf, newId, ruleTemplate, withId } from "../../base/rule_template";
import { CodeField, goToLine } from "../../parts/CodeText";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { usePageKeys } from "../../parts/page_keys";
import { keep, kept, useWords } from "../../parts/preferences";
import { isError, Remarks, useLineNotes } from "../../parts/Remarks";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { useAddress } from "../../parts/url";
import { Backtest } from "./Backtest";
import { useLater } from "./later";
import { Trial } from "./Trial";

const WAIT_MS = 500;

function SaveDialog({ text, onClose, onSaved }: { text: string; onClose: () => void; onSaved: (id: string) => void }) {
  const { say } = useWords();
  const save = useChange("post", "/api/v1/own-rules");
  return (
    <AskDialog
      title={say("edit.save.title")}
      note={say("edit.save.note")}
      verb={say("edit.save")}
      reason
      busy={save.isPending}
      error={save.error}
      onClose={onClose}
      onConfirm={(reason) => {
        save.mutate(
          { body: { text, reason } },
          {
            onSuccess: ({ rule }) => {
              onSaved(rule);
            },
          },
        );
      }}
    />
  );
}

// `from`: the rule that is changed, empty for a new one. What was typed is kept in this browser until it is saved.
function Editor({ from, given, event }: { from: string; given: string; event: string }) {
  const { say, ruleTitle } = useWords();
  const { may } = useMe();
  const navigate = useNavigate();
  const place = `rule.draft.${from}`;
  const [text, setText] = useState(() => kept(place) || given);
  const [saving, setSaving] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const late = useLater(text, WAIT_MS);
  const lint = useLint("rule", late);
  const notes = useLineNotes(lint.data?.items ?? []);
  const rules = useAllRules();
  const change = (next: string) => {
    setText(next);
    keep(place, next === given ? "" : next);
  };
  const id = idOf(text);
  const present = rules.data?.find((rule) => rule.id === id);
  const errors = (lint.data?.items ?? []).some(isError);
  const settled = late === text && !lint.isFetching;
  const maySave = may("rule:write");
  const save = () => {
    if (maySave && settled && !errors && text.trim() !== "") setSaving(true);
  };
  usePageKeys([
    {
      keys: ["e"],
      shown: "E",
      words: "rules.keys.edit",
      action: () => {
        field.current?.focus();
      },
    },
  ]);
  return (
    <>
      <div className="head">
        <div className="crumb">
          <Link to="/rules">{say("page.rules")}</Link>
          {present ? (
            <>
              <Icon name="right" />
              <Link to="/rules/$id" params={{ id: present.id }}>
                <Hostile text={ruleTitle(present)} />
              </Link>
            </>
          ) : null}
        </div>
        <div className="row">
          <h1>{say(from ? "edit.change" : "edit.title")}</h1>
          <span className="dim">{present ? say("edit.replaces") : ""}</span>
          <span className="end row">
            {present ? (
              <button
                type="button"
                className="btn"
                onClick={() => {
                  change(withId(text, newId()));
                }}
              >
                {say("edit.newid")}
              </button>
            ) : null}
            {maySave ? (
              <button type="button" className="btn pri" disabled={errors || !settled || text.trim() === ""} aria-describedby="saveable" onClick={save}>
                {say("edit.save")}
              </button>
            ) : null}
          </span>
        </div>
        <p id="saveable" className="small dim" role="status">
          {maySave ? (errors ? say("edit.errors") : "") : say("edit.maynot")}
        </p>
      </div>
      {text !== given ? (
        <p className="ban acc">
          {say("edit.draft")}
          <button
            type="button"
            className="btn sm end"
            onClick={() => {
              change(given);
            }}
          >
            {say("edit.discard")}
          </button>
        </p>
      ) : null}
      <div className="editcols">
        <div>
          <section className="sec wide">
            <CodeField label={say("edit.text")} value={text} onChange={change} notes={notes} field={field} />
          </section>
        </div>
        <div>
          <section className="sec wide" aria-labelledby="remarks" data-testid="remarks" aria-live="polite" aria-busy={!settled}>
            <header>
              <h2 id="remarks">{say("lint.title")}</h2>
              <span className="dim small">{settled ? (lint.data ? say(`lint.${lint.data.fields}`) : "") : say("lint.busy")}</span>
            </header>
            <Shown reading={lint} rows={2}>
              {(linted) => (
                <Remarks
                  remarks={linted.items}
                  onLine={(line) => {
                    goToLine(field.current, line);
                  }}
                />
              )}
            </Shown>
          </section>
          {may("event:read") ? <Trial text={late} first={event} /> : null}
          {may("event:read") ? <Backtest text={late} /> : null}
        </div>
      </div>
      {saving ? (
        <SaveDialog
          text={text}
          onClose={() => {
            setSaving(false);
          }}
          onSaved={(rule) => {
            keep(place, "");
            void navigate({ to: "/rules/$id", params: { id: rule } });
          }}
        />
      ) : null}
    </>
  );
}

function Changed({ id, event }: { id: string; event: string }) {
  const reading = useResource("/api/v1/rules/{id}", { id });
  return (
    <Shown reading={reading} rows={10}>
      {(rule) => <Editor key={rule.id} from={rule.id} given={rule.text ?? ""} event={event} />}
    </Shown>
  );
}

export function Page() {
  const address = useAddress();
  const { name } = useMe();
  const [blank] = useState(() => ruleTemplate(newId(), name, new Date().toISOString().slice(0, 10)));
  const rule = address.value("rule");
  const event = address.value("event");
  return rule ? <Changed id={rule} event={event} /> : <Editor key="new" from="" given={blank} event={event} />;
}
