import { useState } from "react";
import { useChange, useList } from "../../api/resource";
import type { User } from "../../api/types";
import { useNow } from "../../parts/clock";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { When } from "../../parts/Labels";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { Secret } from "../../parts/Secret";
import { useMe, useOrganisations } from "../../parts/session";
import { Shown } from "../../parts/States";
import { sayRole } from "./roles";
import { UserDialog } from "./UserDialog";
import { TextField } from "../../parts/Field";
import { AddButton, RoleChoice } from "./parts";

function AddUser({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const { names } = useOrganisations();
  const { organisation: own } = useMe();
  const [name, setName] = useState("");
  const [role, setRole] = useState("analyst");
  const [organisation, setOrganisation] = useState("");
  const [link, setLink] = useState("");
  const add = useChange("post", "/api/v1/users");
  if (link)
    return (
      <Dialog wide title={say("users.link")} onClose={onClose}>
        <Secret text={location.origin + link} note={say("users.link.once")} />
        <footer>
          <button type="button" className="btn pri end" onClick={onClose}>
            {say("do.done")}
          </button>
        </footer>
      </Dialog>
    );
  return (
    <AskDialog
      title={say("users.add")}
      verb={say("users.add")}
      busy={add.isPending}
      error={add.error}
      onClose={onClose}
      onConfirm={() => {
        add.mutate(
          { body: { name: name.trim(), role, ...(organisation ? { organisation } : {}) } },
          {
            onSuccess: (user) => {
              if (user.link) setLink(user.link);
              else onClose();
            },
          },
        );
      }}
    >
      <TextField label={say("users.name")} name="name" data-autofocus required maxLength={64} value={name} onChange={setName} />
      <RoleChoice role={role} onRole={setRole} />
      <label className="labelled">
        <span>{say("host.org")}</span>
        <select
          className="input"
          name="organisation"
          value={organisation}
          onChange={(event) => {
            setOrganisation(event.target.value);
          }}
        >
          <option value="">{own === null ? say("scope.node") : say("users.sameorg")}</option>
          {[...names].map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </AskDialog>
  );
}

export function UsersTab() {
  const { say } = useWords();
  const { may } = useMe();
  const { names } = useOrganisations();
  const now = useNow(30_000);
  const list = useList("/api/v1/users");
  const [adding, setAdding] = useState(false);
  const [opened, setOpened] = useState<User | null>(null);
  return (
    <>
      <AddButton
        permission="user:write"
        words={say("users.add")}
        onAdd={() => {
          setAdding(true);
        }}
      />
      <Shown reading={list}>
        {(users) => (
          <DataTable
            name="users"
            rows={users}
            keyOf={(user) => user.id}
            partly={list.hasNextPage}
            columns={[
              {
                id: "name",
                title: say("users.name"),
                value: (user) => user.name,
                show: (user) => (
                  <b>
                    <Hostile text={user.name} />
                  </b>
                ),
              },
              { id: "role", title: say("users.role"), value: (user) => sayRole(user.role, say) },
              {
                id: "org",
                title: say("host.org"),
                value: (user) => (user.organisation ? (names.get(user.organisation) ?? "") : say("scope.node")),
                show: (user) => <Hostile text={user.organisation ? (names.get(user.organisation) ?? "") : say("scope.node")} />,
              },
              { id: "second", title: say("users.second"), value: (user) => say(user.has_totp ? "yes" : "no") },
              {
                id: "signed",
                title: say("users.signed"),
                value: (user) => user.signed_in ?? "",
                show: (user) => (user.signed_in ? <When time={user.signed_in} now={now} /> : <span className="faint">{say("users.never")}</span>),
              },
              { id: "state", title: say("col.state"), value: (user) => say(user.disabled ? "users.disabled" : "users.active") },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (user) =>
                  may("user:write") ? (
                    <button
                      type="button"
                      className="btn sm"
                      aria-label={`${say("do.change")} ${say("users.open", { name: user.name })}`}
                      onClick={() => {
                        setOpened(user);
                      }}
                    >
                      {say("do.change")}
                    </button>
                  ) : null,
              },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
      {adding ? (
        <AddUser
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
      {opened ? (
        <UserDialog
          user={list.data?.find((user) => user.id === opened.id) ?? opened}
          onClose={() => {
            setOpened(null);
          }}
        />
      ) : null}
    </>
  );
}
