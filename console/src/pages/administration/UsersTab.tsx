import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { User } from "../../api/types";
import { useNow } from "../../parts/clock";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { Secret } from "../../parts/Secret";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { ROLES, sayRole } from "./roles";

function AddUser({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [name, setName] = useState("");
  const [role, setRole] = useState("analyst");
  const [link, setLink] = useState("");
  const add = useChange("post", "/api/v1/users");
  if (link) return <Dialog wide title={say("users.link")} onClose={onClose}><Secret text={location.origin + link} note={say("users.link.once")} /><footer><button type="button" className="btn pri end" onClick={onClose}>{say("do.done")}</button></footer></Dialog>;
  return (
    <AskDialog title={say("users.add")} verb={say("users.add")} busy={add.isPending} error={add.error} onClose={onClose} onConfirm={() => { add.mutate({ body: { name: name.trim(), role } }, { onSuccess: (user) => { if (user.link) setLink(user.link); else onClose(); } }); }}>
      <label className="labelled"><span>{say("users.name")}</span><input className="input" data-autofocus required maxLength={64} value={name} onChange={(event) => { setName(event.target.value); }} /></label>
      <label className="labelled"><span>{say("users.role")}</span><select className="input" value={role} onChange={(event) => { setRole(event.target.value); }}>{ROLES.map((one) => <option key={one} value={one}>{sayRole(one, say)}</option>)}</select></label>
    </AskDialog>
  );
}

export function UsersTab() {
  const { say } = useWords();
  const { may } = useMe();
  const now = useNow();
  const list = useList("/api/v1/users");
  const disable = useChange("post", "/api/v1/users/{id}/disable");
  const enable = useChange("post", "/api/v1/users/{id}/enable");
  const [adding, setAdding] = useState(false);
  const [locking, setLocking] = useState<User | null>(null);
  return (
    <>
      {may("user:write") ? <div className="pad"><button type="button" className="btn pri" onClick={() => { setAdding(true); }}><Icon name="plus" />{say("users.add")}</button></div> : null}
      <Shown reading={list}>
        {(users) => (
          <div className="scrollx" tabIndex={0}><table className="tbl flush">
            <thead><tr><th>{say("users.name")}</th><th>{say("users.role")}</th><th>{say("users.second")}</th><th>{say("users.signed")}</th><th>{say("col.state")}</th><th><span className="vh">{say("col.next")}</span></th></tr></thead>
            <tbody>{users.map((user) => (
              <tr key={user.id}><td><b><Hostile text={user.name} /></b></td><td>{sayRole(user.role, say)}</td><td>{say(user.has_totp ? "yes" : "no")}</td><td>{user.signed_in ? <When time={user.signed_in} now={now} /> : <span className="faint">{say("users.never")}</span>}</td><td>{say(user.disabled ? "users.disabled" : "users.active")}</td>
                <td className="num">{may("user:write") ? <button type="button" className="btn sm" onClick={() => { if (user.disabled) enable.mutate({ id: user.id }); else setLocking(user); }}>{say(user.disabled ? "users.enable" : "users.disable", { name: user.name })}</button> : null}</td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Shown>
      {adding ? <AddUser onClose={() => { setAdding(false); }} /> : null}
      {locking ? <AskDialog title={say("users.asklock", { name: locking.name })} note={say("users.lockednote", { name: locking.name })} verb={say("users.disable", { name: locking.name })} danger busy={disable.isPending} error={disable.error} onClose={() => { setLocking(null); }} onConfirm={() => { disable.mutate({ id: locking.id }, { onSuccess: () => { setLocking(null); } }); }} /> : null}
    </>
  );
}
