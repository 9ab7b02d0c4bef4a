// A proposed fact is approved or refused; one in force is ended. Both who proposes and who decides see the same difference.
import { useState } from "react";
import { useChange, useResource } from "../../api/resource";
import type { Fact } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { TextField } from "../../parts/Field";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Loading } from "../../parts/States";
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

// What approving it would do to the lists that are kept, where lists know of such facts.
function Effect({ fact }: { fact: Fact }) {
  const { say, number } = useWords();
  const { may, organisation } = useMe();
  const counts = (fact.kind === "range" || fact.kind === "domain" || fact.kind === "asn") && fact.state === "proposed" && may("list:import") && organisation === null;
  const effect = useResource("/api/v1/facts/{number}/effect", { id: String(fact.number), enabled: counts });
  if (!counts) return null;
  if (!effect.data) return effect.error ? null : <Loading rows={1} />;
  const { changed, rows, changes, cut } = effect.data;
  return (
    <div data-testid="effect">
      <p>
        <b>{changed === 0 ? say("directory.effect.none") : say("directory.effect", { n: number(changed), m: number(rows) })}</b>
        {cut ? ` ${say("directory.effect.cut")}` : ""}
      </p>
      {changes.length > 0 ? (
        <div className="scrollx" tabIndex={0}>
          <table className="tbl">
            <tbody>
              {changes.slice(0, 10).map((change) => (
                <tr key={`${String(change.number)} ${change.subject}`}>
                  <td className="mono">
                    <Hostile text={change.subject} />
                  </td>
                  <td>
                    <Hostile text={change.before.organisation?.name ?? say("directory.nothing")} />
                  </td>
                  <td>
                    <b>
                      <Hostile text={change.after.organisation?.name ?? say("directory.nothing")} />
                    </b>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {changed > 10 ? <p className="dim small">{say("directory.effect.first", { n: number(10) })}</p> : null}
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
      {deed === "approve" ? <Effect fact={fact} /> : null}
    </AskDialog>
  );
}

export function WithdrawDialog({ fact, onClose }: Props) {
  const { say } = useWords();
  const withdraw = useChange("post", "/api/v1/facts/{number}/withdraw");
  return (
    <AskDialog
      title={<Hostile text={say("directory.withdraw.title", { what: fact.subject, who: fact.organisation_name })} />}
      note={say("directory.withdraw.note")}
      verb={say("directory.withdraw")}
      danger
      reason
      busy={withdraw.isPending}
      error={withdraw.error}
      onClose={onClose}
      onConfirm={(reason) => {
        withdraw.mutate({ id: String(fact.number), version: fact.version, body: { reason } }, { onSuccess: onClose });
      }}
    />
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
