// What a person says of a paper: it was signed, it was sent, it was acknowledged.
import { useState } from "react";
import { useSign } from "../../api/papers";
import { useChange, useList } from "../../api/resource";
import type { Paper } from "../../api/types";
import type { Told } from "../../base/reason";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { useWords } from "../../parts/preferences";
import { CHANNELS, nowLocal, ROLES, toUtc, type Role } from "./parts";

interface Props {
  paper: Paper;
  onClose: () => void;
}
// Why the case was not moved on; nothing where it was.
const remarkOf = (moved: { remark: string; reason_code?: string; reason_values?: string[] }): Told | null =>
  moved.remark ? { text: moved.remark, code: moved.reason_code, values: moved.reason_values } : null;
interface Moving extends Props {
  onRemark: (remark: Told | null) => void;
}

function RoleField({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { say } = useWords();
  return (
    <label className="labelled">
      <span>{say("paper.role")}</span>
      <select
        className="input"
        name="role"
        value={value}
        onChange={(event) => {
          const chosen = ROLES.find((one) => one === event.target.value);
          if (chosen) onChange(chosen);
        }}
      >
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {say(`paper.role.${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

const KINDS = ["file", "detached"] as const;

export function SignDialog({ paper, onClose }: Props) {
  const { say, number } = useWords();
  const sign = useSign();
  const [file, setFile] = useState<File | null>(null);
  const [kind, setKind] = useState<(typeof KINDS)[number]>("file");
  const [tried, setTried] = useState(false);
  return (
    <AskDialog
      title={`${say("paper.sign")}: ${say("paper.number.shown", { n: number(paper.number) })}`}
      note={say("paper.sign.note")}
      verb={say("paper.sign")}
      busy={sign.isPending}
      error={sign.error}
      onClose={onClose}
      onConfirm={() => {
        setTried(true);
        if (file) sign.mutate({ id: paper.id, version: paper.version, file, kind }, { onSuccess: onClose });
      }}
    >
      <label className="labelled">
        <span>{say("paper.sign.kind")}</span>
        <select
          className="input"
          name="kind"
          value={kind}
          onChange={(event) => {
            const chosen = KINDS.find((one) => one === event.target.value);
            if (chosen) setKind(chosen);
          }}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {say(`paper.sign.kind.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="labelled">
        <span>{say("paper.sign.file")}</span>
        <input
          className="input"
          type="file"
          name="file"
          accept=".pdf,.docx,.png,.jpg,.jpeg,.p7m,.p7s"
          onChange={(event) => {
            setFile(event.target.files?.[0] ?? null);
          }}
        />
      </label>
      {tried && !file ? (
        <p className="c-critical" role="alert">
          {say("paper.sign.which")}
        </p>
      ) : null}
    </AskDialog>
  );
}

export function SendDialog({ paper, onClose, onRemark }: Moving) {
  const { say, number } = useWords();
  const send = useChange("post", "/api/v1/papers/{id}/send");
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>("letter");
  const [role, setRole] = useState<Role>("national-coordinator");
  const [addressee, setAddressee] = useState("");
  const [time, setTime] = useState(nowLocal);
  return (
    <AskDialog
      title={`${say("paper.send")}: ${say("paper.number.shown", { n: number(paper.number) })}`}
      note={say("paper.send.note")}
      verb={say("paper.send")}
      busy={send.isPending}
      error={send.error}
      onClose={onClose}
      onConfirm={() => {
        send.mutate(
          { id: paper.id, version: paper.version, body: { channel, role, addressee, time: toUtc(time) } },
          {
            onSuccess: (moved) => {
              onRemark(remarkOf(moved));
              onClose();
            },
          },
        );
      }}
    >
      <RoleField value={role} onChange={setRole} />
      <TextField label={say("paper.addressee")} name="addressee" value={addressee} onChange={setAddressee} required maxLength={500} />
      <label className="labelled">
        <span>{say("paper.channel")}</span>
        <select
          className="input"
          name="channel"
          value={channel}
          onChange={(event) => {
            const chosen = CHANNELS.find((one) => one === event.target.value);
            if (chosen) setChannel(chosen);
          }}
        >
          {CHANNELS.map((one) => (
            <option key={one} value={one}>
              {say(`paper.channel.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <TextField label={say("paper.time.sent")} name="time" type="datetime-local" value={time} onChange={setTime} required />
    </AskDialog>
  );
}

// The addresses that the directory has for the paper's organisation are offered.
export function PostDialog({ paper, onClose }: Props) {
  const { say, number } = useWords();
  const post = useChange("post", "/api/v1/papers/{id}/mails");
  const contacts = useList("/api/v1/facts", { query: { kind: "contact", state: "approved", organisation: paper.organisation } });
  const [role, setRole] = useState<Role>(paper.form === "organisation-notice" ? "organisation" : "national-coordinator");
  const [addressee, setAddressee] = useState("");
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [sheet, setSheet] = useState(false);
  const [plain, setPlain] = useState(false);
  const known = (contacts.data ?? []).filter((one) => one.body["channel"] === "email").map((one) => String(one.body["value"]));
  return (
    <AskDialog
      title={`${say("paper.post")}: ${say("paper.number.shown", { n: number(paper.number) })}`}
      note={say("paper.post.note")}
      verb={say("paper.post")}
      busy={post.isPending}
      error={post.error}
      onClose={onClose}
      onConfirm={() => {
        post.mutate({ id: paper.id, version: paper.version, body: { to: to.trim(), role, addressee, sheet, plain, ...(text ? { text } : {}) } }, { onSuccess: onClose });
      }}
    >
      <RoleField value={role} onChange={setRole} />
      <TextField label={say("paper.addressee")} name="addressee" value={addressee} onChange={setAddressee} required maxLength={500} />
      <TextField label={say("paper.post.to")} name="to" type="email" value={to} onChange={setTo} required maxLength={254} list="paper-addresses" />
      <datalist id="paper-addresses">
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <TextField label={say("paper.post.text")} name="text" value={text} onChange={setText} maxLength={8000} />
      <label className="row">
        <input
          type="checkbox"
          name="sheet"
          checked={sheet}
          onChange={(event) => {
            setSheet(event.target.checked);
          }}
        />
        <span>{say("paper.post.sheet")}</span>
      </label>
      <label className="row">
        <input
          type="checkbox"
          name="plain"
          checked={plain}
          onChange={(event) => {
            setPlain(event.target.checked);
          }}
        />
        <span>{say("paper.post.plain")}</span>
      </label>
    </AskDialog>
  );
}

export function AcknowledgeDialog({ paper, onClose, onRemark }: Moving) {
  const { say, number: shown } = useWords();
  const acknowledge = useChange("post", "/api/v1/papers/{id}/acknowledge");
  const [role, setRole] = useState<Role>("national-coordinator");
  const [number, setNumber] = useState("");
  const [day, setDay] = useState("");
  const [note, setNote] = useState("");
  return (
    <AskDialog
      title={`${say("paper.ack")}: ${say("paper.number.shown", { n: shown(paper.number) })}`}
      note={say("paper.ack.note")}
      verb={say("paper.ack")}
      busy={acknowledge.isPending}
      error={acknowledge.error}
      onClose={onClose}
      onConfirm={() => {
        acknowledge.mutate(
          { id: paper.id, body: { role, ...(number ? { number } : {}), ...(day ? { day } : {}), ...(note ? { note } : {}) } },
          {
            onSuccess: (moved) => {
              onRemark(remarkOf(moved));
              onClose();
            },
          },
        );
      }}
    >
      <RoleField value={role} onChange={setRole} />
      <TextField label={say("paper.ack.number")} name="number" value={number} onChange={setNumber} maxLength={200} />
      <TextField label={say("paper.ack.day")} name="day" type="date" value={day} onChange={setDay} />
      <TextField label={say("paper.ack.text")} name="note" value={note} onChange={setNote} maxLength={4000} />
    </AskDialog>
  );
}
