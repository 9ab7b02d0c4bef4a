// The directory was corrected: first what would change, then the same done. What was said before is kept.
import { useEffect, useRef } from "react";
import { useChange } from "../../api/resource";
import type { KeptList, Reattributed } from "../../api/types";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { useWords } from "../../parts/preferences";
import { Loading } from "../../parts/States";
import { Belonging } from "./Attributed";

function Said({ said: { kind, organisation } }: { said: Reattributed["changes"][number]["before"] }) {
  return organisation ? (
    <b>
      <Hostile text={organisation.name} />
    </b>
  ) : (
    <Belonging kind={kind} />
  );
}

export function Changes({ answer }: { answer: Reattributed }) {
  const { say, number } = useWords();
  return (
    <div data-testid="changes">
      <p>
        <b>{say("lists.attribute.changed", { n: number(answer.changed), m: number(answer.rows) })}</b>
      </p>
      {answer.changes.length > 0 ? (
        <div className="scrollx" tabIndex={0}>
          <table className="tbl">
            <thead>
              <tr>
                <th scope="col">{say("lists.role.victim")}</th>
                <th scope="col">{say("lists.attribute.was")}</th>
                <th scope="col">{say("lists.attribute.is")}</th>
              </tr>
            </thead>
            <tbody>
              {answer.changes.map((change) => (
                <tr key={change.number}>
                  <td className="mono">
                    <Hostile text={change.subject} />
                  </td>
                  <td>
                    <Said said={change.before} />
                  </td>
                  <td>
                    <Said said={change.after} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {answer.changes.length < answer.changed ? <p className="dim small">{say("lists.attribute.first", { n: number(answer.changes.length) })}</p> : null}
    </div>
  );
}

export function AttributeDialog({ list, onClose }: { list: KeptList; onClose: () => void }) {
  const { say } = useWords();
  const look = useChange("post", "/api/v1/lists/{id}/attribute");
  const run = useChange("post", "/api/v1/lists/{id}/attribute");
  const asked = useRef(false);
  const { mutate } = look;
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    mutate({ id: list.id, body: { preview: true } });
  }, [mutate, list.id]);
  const answer = look.data;
  return (
    <AskDialog
      title={<Hostile text={say("lists.attribute.title", { name: list.letter.subject || list.name })} />}
      note={say("lists.attribute.note")}
      verb={say("lists.attribute")}
      busy={run.isPending || !answer || answer.changed === 0}
      error={look.error ?? run.error}
      onClose={onClose}
      onConfirm={() => {
        run.mutate({ id: list.id, body: { preview: false } }, { onSuccess: onClose });
      }}
    >
      {answer ? <Changes answer={answer} /> : look.error ? null : <Loading rows={3} />}
    </AskDialog>
  );
}
