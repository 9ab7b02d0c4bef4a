import { useState } from "react";
import { formatTime } from "../../base/time";
import { useChange, useList, useResource } from "../../api/resource";
import type { Token } from "../../api/types";
import { useNow } from "../../parts/clock";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { Secret } from "../../parts/Secret";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { sayRole, TOKEN_ROLES } from "./roles";

function AddToken({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [role, setRole] = useState("ingest");
  const [source, setSource] = useState("");
  const sources = useResource("/api/v1/sources", { query: { limit: "1000" } });
  const make = useChange("post", "/api/v1/tokens");
  const made = make.data;
  if (made?.token) return <Dialog wide title={say("tokens.ready", { name: made.name })} onClose={onClose}><Secret text={made.token} note={say("secret.once")} /><footer><button type="button" className="btn pri end" onClick={onClose}>{say("do.done")}</button></footer></Dialog>;
  const live = (sources.data?.items ?? []).filter((one) => one.ended === null);
  return (
    <AskDialog title={say("tokens.add")} verb={say("tokens.add")} busy={make.isPending} error={make.error} onClose={onClose} onConfirm={() => { make.mutate({ body: role === "ingest" ? { role, source } : { role } }); }}>
      <label className="labelled"><span>{say("users.role")}</span><select className="input" value={role} onChange={(event) => { setRole(event.target.value); }}>{TOKEN_ROLES.map((one) => <option key={one} value={one}>{sayRole(one, say)}</option>)}</select></label>
      {role === "ingest" ? <label className="labelled"><span>{say("tokens.source")}</span><select className="input" required value={source} onChange={(event) => { setSource(event.target.value); }}><option value="" />{live.map((one) => <option key={one.id}>{one.name}</option>)}</select></label> : null}
    </AskDialog>
  );
}

export function TokensTab() {
  const { say } = useWords();
  const { may } = useMe();
  const now = useNow();
  const list = useList("/api/v1/tokens");
  const revoke = useChange("post", "/api/v1/tokens/{id}/revoke");
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Token | null>(null);
  return (
    <>
      {may("token:write") ? <div className="pad"><button type="button" className="btn pri" onClick={() => { setAdding(true); }}><Icon name="plus" />{say("tokens.add")}</button></div> : null}
      <Shown reading={list}>
        {(tokens) => (
          <div className="scrollx" tabIndex={0}><table className="tbl flush">
            <thead><tr><th>{say("users.name")}</th><th>{say("users.role")}</th><th>{say("tokens.used")}</th><th>{say("col.state")}</th><th><span className="vh">{say("col.next")}</span></th></tr></thead>
            <tbody>{tokens.map((token) => (
              <tr key={token.id}><td><b><Hostile text={token.name} /></b></td><td>{sayRole(token.role, say)}</td><td>{token.used ? <When time={token.used} now={now} /> : <span className="faint">{say("users.never")}</span>}</td><td>{token.revoked ? say("tokens.revoked", { time: formatTime(token.revoked) }) : say("tokens.active")}</td>
                <td className="num">{!token.revoked && may("token:write") ? <button type="button" className="btn sm" onClick={() => { setEnding(token); }}>{say("tokens.revoke")}</button> : null}</td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Shown>
      {adding ? <AddToken onClose={() => { setAdding(false); }} /> : null}
      {ending ? <AskDialog title={say("tokens.ask", { name: ending.name })} note={say("tokens.note")} verb={say("tokens.revoke")} danger busy={revoke.isPending} error={revoke.error} onClose={() => { setEnding(null); }} onConfirm={() => { revoke.mutate({ id: ending.id }, { onSuccess: () => { setEnding(null); } }); }} /> : null}
    </>
  );
}
