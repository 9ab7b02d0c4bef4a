import { useState } from "react";
import { formatTime } from "../../base/time";
import { useChange, useList } from "../../api/resource";
import type { Notification, NotificationRule } from "../../api/types";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { Mark } from "../../parts/Icon";
import { Severity } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { DAYS, escalationOf, NotificationDialog, quietOf } from "./NotificationDialog";
import { AddButton } from "./parts";

// Sends the test when it is confirmed, and says of each recipient what became of it.
function TestDialog({ rule, onClose }: { rule: NotificationRule; onClose: () => void }) {
  const { say, why } = useWords();
  const test = useChange("post", "/api/v1/notification-rules/{id}/test");
  if (test.data)
    return (
      <Dialog wide title={<Hostile text={say("notify.test.done", { name: rule.name })} />} onClose={onClose}>
        <ul className="plain" data-testid="outcomes">
          {test.data.outcomes.map((one) => (
            <li key={`${one.channel} ${one.recipient}`} className="state">
              <Mark kind={one.sent ? "closed" : "refused"} tone={one.sent ? "c-ok" : "c-critical"} />
              <span>
                <Hostile text={one.recipient} />: {one.sent ? say("notify.test.taken") : <Hostile text={why({ text: one.error, code: one.reason_code, values: one.reason_values })} />}
              </span>
            </li>
          ))}
        </ul>
        <footer>
          <button type="button" className="btn pri end" onClick={onClose}>
            {say("notify.test.close")}
          </button>
        </footer>
      </Dialog>
    );
  return (
    <AskDialog
      title={<Hostile text={say("notify.test.title", { name: rule.name })} />}
      note={say("notify.test.note")}
      verb={say("notify.test")}
      busy={test.isPending}
      error={test.error}
      onClose={onClose}
      onConfirm={() => {
        test.mutate({ id: rule.id });
      }}
    />
  );
}

function RemoveDialog({ rule, onClose }: { rule: NotificationRule; onClose: () => void }) {
  const { say } = useWords();
  const remove = useChange("delete", "/api/v1/notification-rules/{id}");
  return (
    <AskDialog
      title={<Hostile text={say("notify.remove.title", { name: rule.name })} />}
      note={say("notify.remove.note")}
      verb={say("notify.remove")}
      danger
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => {
        remove.mutate({ id: rule.id }, { onSuccess: onClose });
      }}
    />
  );
}

type Open = { what: "change" | "test" | "remove"; rule: NotificationRule } | { what: "add" } | null;

function Rules() {
  const { say, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/notification-rules");
  const [open, setOpen] = useState<Open>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <section aria-labelledby="notify-rules">
      <h2 id="notify-rules" className="pad">
        {say("notify.rules")}
      </h2>
      <AddButton
        permission="notification:write"
        words={say("notify.add")}
        onAdd={() => {
          setOpen({ what: "add" });
        }}
      />
      <Shown reading={list}>
        {(rules) => (
          <DataTable
            name="notification-rules"
            rows={rules}
            keyOf={(rule) => rule.id}
            partly={list.hasNextPage}
            empty={say("notify.none")}
            columns={[
              {
                id: "name",
                title: say("notify.name"),
                value: (rule) => rule.name,
                show: (rule) => (
                  <b>
                    <Hostile text={rule.name} />
                  </b>
                ),
              },
              { id: "to", title: say("notify.to"), value: (rule) => [...rule.mail, ...rule.webhooks].join(", "), show: (rule) => <Hostile text={[...rule.mail, ...rule.webhooks].join(", ")} /> },
              { id: "level", title: say("notify.level"), value: (rule) => rule.level, show: (rule) => <Severity level={rule.level} /> },
              {
                id: "quiet",
                title: say("notify.quiet"),
                value: (rule) => {
                  const { from, until, days } = quietOf(rule);
                  if (!from) return say("notify.quiet.none");
                  const on = DAYS.filter((day) => days.includes(day)).map((day) => say(`notify.day.${day}`));
                  return on.length === DAYS.length ? say("notify.quiet.shown", { from, until }) : say("notify.quiet.shown.days", { from, until, days: on.join(", ") });
                },
              },
              {
                id: "escalate",
                title: say("notify.escalate.short"),
                value: (rule) => {
                  const { after } = escalationOf(rule);
                  return after > 0 ? say("notify.escalate.shown", { n: number(after) }) : say("notify.quiet.none");
                },
              },
              { id: "state", title: say("notify.state"), value: (rule) => (rule.enabled ? say("notify.on") : say("notify.off")) },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (rule) =>
                  may("notification:write") ? (
                    <span className="row nw">
                      {(["test", "change", "remove"] as const).map((what) => (
                        <button
                          key={what}
                          type="button"
                          className="btn sm"
                          aria-label={`${say(`notify.${what}`)}: ${rule.name}`}
                          onClick={() => {
                            setOpen({ what, rule });
                          }}
                        >
                          {say(`notify.${what}`)}
                        </button>
                      ))}
                    </span>
                  ) : null,
              },
            ]}
          />
        )}
      </Shown>
      {open?.what === "add" ? <NotificationDialog rule={null} onClose={close} /> : null}
      {open?.what === "change" ? <NotificationDialog rule={open.rule} onClose={close} /> : null}
      {open?.what === "test" ? <TestDialog rule={open.rule} onClose={close} /> : null}
      {open?.what === "remove" ? <RemoveDialog rule={open.rule} onClose={close} /> : null}
    </section>
  );
}

const STATE_MARKS = { waiting: ["new", ""], sent: ["closed", "c-ok"], "given-up": ["refused", "c-critical"] } as const;

// What waits, what was sent and what was given up, the newest first.
function Outbox() {
  const { say, why, number } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/notifications");
  const retry = useChange("post", "/api/v1/notifications/{id}/retry");
  const state = (message: Notification) => say(`notify.state.${message.state}`);
  return (
    <section aria-labelledby="notify-outbox">
      <h2 id="notify-outbox" className="pad">
        {say("notify.outbox")}
      </h2>
      <Shown reading={list}>
        {(messages) => (
          <DataTable
            name="notifications"
            rows={messages}
            keyOf={(message) => message.id}
            partly={list.hasNextPage}
            empty={say("notify.outbox.none")}
            columns={[
              { id: "created", title: say("notify.created"), value: (message) => message.created, show: (message) => <span className="nw">{formatTime(message.created)}</span> },
              {
                id: "state",
                title: say("notify.state"),
                value: state,
                show: (message) => (
                  <span className="state" style={{ whiteSpace: "normal" }}>
                    <Mark kind={STATE_MARKS[message.state][0]} tone={STATE_MARKS[message.state][1]} />
                    <span>
                      {state(message)}
                      {message.next_attempt ? <span className="small faint"> · {say("notify.next", { time: formatTime(message.next_attempt) })}</span> : null}
                      {message.last_error ? (
                        <span className="small faint">
                          {" · "}
                          <Hostile text={why({ text: message.last_error, code: message.reason_code, values: message.reason_values })} />
                        </span>
                      ) : null}
                    </span>
                  </span>
                ),
              },
              { id: "rule", title: say("notify.rule"), value: (message) => message.rule, show: (message) => <Hostile text={message.rule} /> },
              { id: "channel", title: say("notify.channel"), value: (message) => say(`notify.channel.${message.channel}`) },
              { id: "to", title: say("notify.to"), value: (message) => message.recipient, show: (message) => <Hostile text={message.recipient} /> },
              { id: "findings", title: say("page.findings"), number: true, value: (message) => message.findings, show: (message) => number(message.findings) },
              { id: "attempts", title: say("notify.attempts"), number: true, value: (message) => message.attempts, show: (message) => number(message.attempts) },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (message) =>
                  message.state === "given-up" && may("notification:write") ? (
                    <button
                      type="button"
                      className="btn sm"
                      disabled={retry.isPending}
                      onClick={() => {
                        retry.mutate({ id: message.id });
                      }}
                    >
                      {say("notify.retry")}
                    </button>
                  ) : null,
              },
            ]}
          />
        )}
      </Shown>
    </section>
  );
}

export function NotificationsTab() {
  return (
    <>
      <Rules />
      <Outbox />
    </>
  );
}
