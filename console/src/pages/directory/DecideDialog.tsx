// A proposed fact is approved or refused; one in force is ended. Both who proposes and who decides see the same difference.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { Fact } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { personOf, today, useFieldWords, useValidity, useValueWords } from "./parts";

// What stands now about the same thing, beside what it would become.
export function Difference({ fact }: { fact: Fact }) {
  const { say } = useWords();
  const words = useFieldWords();
  const value = useValueWords();
  const validity = useValidity();
  const replaced = useResource("/api/v1/facts/{number}", { id: String(fact.replaces ?? ""), enabled: fact.replaces !== null });
  const now = replaced.data;
  const names = [...new Set([...Object.keys(now?.body ?? {}), ...Object.keys(fact.body)])];
  const line = (title: string, before: string, after: string) => (
    <tr key={title} className={before === after ? "" : "changed"}>
      <th scope="row">{title}</th>
      <td>{before === "" ? <span className="faint">{say("directory.nothing")}</span> : <Hostile text={before} />}</td>
      <td>
        {after === "" ? (
          <span className="faint">{say("directory.nothing")}</span>
        ) : before === after ? (
          <Hostile text={after} />
        ) : (
          <b>
            <Hostile text={after} />
          </b>
        )}
      </td>
    </tr>
  );
  const shown = (one: Fact | undefined, name: string) => (one?.body[name] === undefined ? "" : value(one.kind, name, one.body[name]));
  return (
    <div className="scrollx" tabIndex={0}>
      <table className="tbl differs" data-testid="difference">
        <thead>
          <tr>
            <td />
            <th scope="col">{say("directory.now")}</th>
            <th scope="col">{say("directory.becomes")}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => line(words(name), shown(now, name), shown(fact, name)))}
          {line(say("directory.validity"), now ? validity(now.from, now.until) : "", validity(fact.from, fact.until))}
          {line(say("directory.document"), now?.document ?? "", fact.document)}
          {line(say("directory.claimed"), personOf(now?.claimed_by), personOf(fact.claimed_by))}
        </tbody>
      </table>
    </div>
  );
}

interface Props {
  fact: Fact;
  onClose: () => void;
}
export function DecideDialog({ fact, deed, onClose }: Props & { deed: "approve" | "refuse" }) {
  const { say } = useWords();
  const approve = useChange("post", "/api/v1/facts/{number}/approve");
  const refuse = useChange("post", "/api/v1/facts/{number}/refuse");
  const how = deed === "approve" ? approve : refuse;
  return (
    <AskDialog
      title={<Hostile text={say(`directory.${deed}.title`, { what: fact.subject, who: fact.organisation_name })} />}
      note={say(`directory.${deed}.note`)}
      verb={say(`directory.${deed}`)}
      danger={deed === "refuse"}
      reason={deed === "refuse"}
      busy={how.isPending}
      error={how.error}
      onClose={onClose}
      onConfirm={(reason) => {
        const place = { id: String(fact.number), version: fact.version };
        if (deed === "approve") approve.mutate(place, { onSuccess: onClose });
        else refuse.mutate({ ...place, body: { reason } }, { onSuccess: onClose });
      }}
    >
      <Difference fact={fact} />
    </AskDialog>
  );
}

export function EndDialog({ fact, onClose }: Props) {
  const { say } = useWords();
  const end = useChange("post", "/api/v1/facts/{number}/end");
  const [until, setUntil] = useState(today);
  return (
    <AskDialog
      title={<Hostile text={say("directory.end.title", { what: fact.subject, who: fact.organisation_name })} />}
      note={say("directory.end.note")}
      verb={say("directory.end")}
      danger
      busy={end.isPending}
      error={end.error}
      onClose={onClose}
      reason
      onConfirm={(reason) => {
        end.mutate({ id: String(fact.number), version: fact.version, body: { until: `${until}T00:00:00+07:00`, reason } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("directory.end.until")} name="until" type="date" value={until} onChange={setUntil} required />
    </AskDialog>
  );
}
