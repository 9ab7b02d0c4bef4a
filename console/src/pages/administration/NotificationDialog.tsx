import { useState } from "react";
import { LEVELS, type Level, type NotificationRule } from "../../api/types";
import { useChange } from "../../api/resource";
import { useWords } from "../../parts/preferences";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { Secret } from "../../parts/Secret";

const EVENTS = ["new", "reopened", "case"] as const;
type When = (typeof EVENTS)[number];
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Day = (typeof DAYS)[number];

const lines = (text: string): string[] =>
  text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
const member = (of: unknown, name: string): unknown => (typeof of === "object" && of !== null ? new Map<string, unknown>(Object.entries(of)).get(name) : undefined);
const textIn = (of: unknown, name: string): string => {
  const value = member(of, name);
  return typeof value === "string" ? value : "";
};
const listIn = (of: unknown, name: string): string[] => {
  const value = member(of, name);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
};
export const quietOf = (rule: NotificationRule) => ({
  from: textIn(rule.quiet, "from"),
  until: textIn(rule.quiet, "until"),
  breaks: member(rule.quiet, "critical_breaks") === true,
  days: listIn(rule.quiet, "days"),
});
export const escalationOf = (rule: NotificationRule) => ({
  after: Number(member(rule.escalation, "after_minutes") ?? 0),
  mail: listIn(rule.escalation, "mail"),
  webhooks: listIn(rule.escalation, "webhooks"),
});

function Check({ checked, words, onChange }: { checked: boolean; words: string; onChange: (on: boolean) => void }) {
  return (
    <label className="row">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>{words}</span>
    </label>
  );
}

function Text({
  words,
  value,
  onChange,
  name,
  rows,
  required = false,
  type = "text",
}: {
  words: string;
  value: string;
  onChange: (text: string) => void;
  name: string;
  rows?: number;
  required?: boolean;
  type?: "text" | "number" | "time";
}) {
  const shared = {
    className: "input",
    name,
    value,
    required,
    onChange: (event: { target: { value: string } }) => {
      onChange(event.target.value);
    },
  };
  return (
    <label className="labelled">
      <span>{words}</span>
      {rows ? <textarea {...shared} rows={rows} /> : <input {...shared} type={type} min={type === "number" ? 0 : undefined} max={type === "number" ? 10080 : undefined} maxLength={100} />}
    </label>
  );
}

// On which days the quiet hours begin.
export function QuietDays({ days, onChange }: { days: readonly Day[]; onChange: (days: readonly Day[]) => void }) {
  const { say } = useWords();
  return (
    <div role="group" aria-label={say("notify.quiet.days")} data-testid="quiet-days">
      <span className="small dim">{say("notify.quiet.days")}</span>
      <div className="row">
        {DAYS.map((day) => (
          <Check
            key={day}
            words={say(`notify.day.${day}`)}
            checked={days.includes(day)}
            onChange={(on) => {
              onChange(DAYS.filter((one) => (one === day ? on : days.includes(one))));
            }}
          />
        ))}
      </div>
    </div>
  );
}
// What the server is told: without hours or without a day there are none.
export const quietBody = (from: string, until: string, days: readonly Day[], breaks: boolean) => (from && until && days.length > 0 ? { from, until, days: [...days], critical_breaks: breaks } : null);

// Makes a rule, or changes one. What the server shows of webhooks is not all of them, so they go back only when typed anew.
export function NotificationDialog({ rule, onClose }: { rule: NotificationRule | null; onClose: () => void }) {
  const { say } = useWords();
  const add = useChange("post", "/api/v1/notification-rules");
  const change = useChange("patch", "/api/v1/notification-rules/{id}");
  const quiet = rule ? quietOf(rule) : { from: "", until: "", breaks: true, days: [] };
  const escalation = rule ? escalationOf(rule) : { after: 0, mail: [], webhooks: [] };
  const [name, setName] = useState(rule?.name ?? "");
  const [enabled, setEnabled] = useState(rule?.enabled ?? true);
  const [mail, setMail] = useState((rule?.mail ?? []).join("\n"));
  const [webhooks, setWebhooks] = useState("");
  const [level, setLevel] = useState<Level>(rule?.level ?? "high");
  const [events, setEvents] = useState<readonly When[]>(rule?.events ?? ["new", "reopened"]);
  const [below, setBelow] = useState(rule?.below ?? true);
  const [from, setFrom] = useState(quiet.from);
  const [until, setUntil] = useState(quiet.until);
  // A rule without quiet hours is offered all days.
  const [days, setDays] = useState<readonly Day[]>(quiet.from ? DAYS.filter((day) => quiet.days.includes(day)) : DAYS);
  const [breaks, setBreaks] = useState(quiet.breaks);
  const [dedupe, setDedupe] = useState(String(rule?.dedupe_minutes ?? 60));
  const [after, setAfter] = useState(escalation.after > 0 ? String(escalation.after) : "");
  const [higher, setHigher] = useState(escalation.mail.join("\n"));
  const made = add.data;
  if (made?.secret && made.webhooks.length > 0)
    return (
      <Dialog wide title={say("notify.ready", { name: made.name })} onClose={onClose}>
        <Secret text={made.secret} note={say("notify.secret")} />
        <footer>
          <button type="button" className="btn pri end" onClick={onClose}>
            {say("do.done")}
          </button>
        </footer>
      </Dialog>
    );
  const send = () => {
    const body = {
      name: name.trim(),
      enabled,
      mail: lines(mail),
      level,
      events: [...events],
      below,
      quiet: quietBody(from, until, days, breaks),
      dedupe_minutes: Number(dedupe) || 0,
      // Webhooks of an escalation cannot be typed here: those of a rule that has some stay by leaving it as it is.
      ...(escalation.webhooks.length > 0 ? {} : { escalation: Number(after) > 0 ? { after_minutes: Number(after), mail: lines(higher) } : null }),
      ...(rule === null || lines(webhooks).length > 0 ? { webhooks: lines(webhooks) } : {}),
    };
    if (rule) change.mutate({ id: rule.id, body }, { onSuccess: onClose });
    else
      add.mutate(
        { body },
        {
          onSuccess: (answer) => {
            if (answer.webhooks.length === 0) onClose();
          },
        },
      );
  };
  return (
    <AskDialog
      title={rule ? rule.name : say("notify.add")}
      verb={rule ? say("do.save") : say("notify.add")}
      busy={add.isPending || change.isPending}
      error={add.error ?? change.error}
      onClose={onClose}
      onConfirm={send}
    >
      <Text name="name" words={say("notify.name")} value={name} onChange={setName} required />
      <Check words={say("notify.enabled")} checked={enabled} onChange={setEnabled} />
      <Text name="mail" rows={2} words={say("notify.mail")} value={mail} onChange={setMail} />
      <Text name="webhooks" rows={2} words={say("notify.webhooks")} value={webhooks} onChange={setWebhooks} />
      {rule && rule.webhooks.length > 0 ? <p className="small faint">{say("notify.webhooks.kept", { urls: rule.webhooks.join(", ") })}</p> : null}
      <label className="labelled">
        <span>{say("notify.level")}</span>
        <select
          className="input"
          name="level"
          value={level}
          onChange={(event) => {
            const chosen = LEVELS.find((one) => one === event.target.value);
            if (chosen) setLevel(chosen);
          }}
        >
          {LEVELS.map((one) => (
            <option key={one} value={one}>
              {say(`level.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="plain">
        <legend>{say("notify.events")}</legend>
        {EVENTS.map((one) => (
          <Check
            key={one}
            words={say(`notify.event.${one}`)}
            checked={events.includes(one)}
            onChange={(on) => {
              setEvents(on ? [...events, one] : events.filter((other) => other !== one));
            }}
          />
        ))}
      </fieldset>
      <Check words={say("notify.below")} checked={below} onChange={setBelow} />
      <fieldset className="plain">
        <legend>{say("notify.quiet")}</legend>
        <div className="row">
          <Text name="from" type="time" words={say("notify.quiet.from")} value={from} onChange={setFrom} />
          <Text name="until" type="time" words={say("notify.quiet.until")} value={until} onChange={setUntil} />
        </div>
        <QuietDays days={days} onChange={setDays} />
        {from && until && days.length === 0 ? <p className="small c-high">{say("notify.quiet.noday")}</p> : null}
        <Check words={say("notify.quiet.breaks")} checked={breaks} onChange={setBreaks} />
      </fieldset>
      <Text name="dedupe" type="number" words={say("notify.dedupe")} value={dedupe} onChange={setDedupe} />
      {escalation.webhooks.length > 0 ? null : (
        <>
          <Text name="after" type="number" words={say("notify.escalate")} value={after} onChange={setAfter} />
          <Text name="higher" rows={2} words={say("notify.escalate.mail")} value={higher} onChange={setHigher} />
        </>
      )}
    </AskDialog>
  );
}
