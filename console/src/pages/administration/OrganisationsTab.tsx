import { useState } from "react";
import { formatTime } from "../../base/time";
import { useChange, useList } from "../../api/resource";
import { AskDialog } from "../../parts/Dialog";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { MoreRows } from "../../parts/MoreRows";
import { useWords } from "../../parts/preferences";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { TextField } from "../../parts/Field";
import { AddButton } from "./parts";

interface Named {
  id: string;
  name: string;
}

function AddOrganisation({ all, onClose }: { all: readonly Named[]; onClose: () => void }) {
  const { say } = useWords();
  const [name, setName] = useState("");
  const [parent, setParent] = useState(all[0]?.id ?? "");
  const add = useChange("post", "/api/v1/organisations");
  return (
    <AskDialog
      title={say("org.add")}
      verb={say("org.add")}
      busy={add.isPending}
      error={add.error}
      onClose={onClose}
      onConfirm={() => {
        add.mutate({ body: { name: name.trim(), ...(parent ? { parent } : {}) } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("org.name")} className="wide" name="name" data-autofocus required maxLength={200} value={name} onChange={setName} />
      <label className="labelled">
        <span>{say("org.parent")}</span>
        <select
          className="input"
          name="parent"
          value={parent}
          onChange={(event) => {
            setParent(event.target.value);
          }}
        >
          {all.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </label>
    </AskDialog>
  );
}

function Rename({ organisation, onClose }: { organisation: Named; onClose: () => void }) {
  const { say } = useWords();
  const [name, setName] = useState(organisation.name);
  const rename = useChange("patch", "/api/v1/organisations/{id}");
  return (
    <AskDialog
      title={<Hostile text={say("org.rename.title", { name: organisation.name })} />}
      verb={say("org.rename")}
      busy={rename.isPending}
      error={rename.error}
      onClose={onClose}
      onConfirm={() => {
        rename.mutate({ id: organisation.id, body: { name: name.trim() } }, { onSuccess: onClose });
      }}
    >
      <TextField label={say("org.name")} className="wide" name="name" data-autofocus required maxLength={200} value={name} onChange={setName} />
    </AskDialog>
  );
}

export function OrganisationsTab() {
  const { say } = useWords();
  const { may } = useMe();
  const list = useList("/api/v1/organisations");
  const end = useChange("post", "/api/v1/organisations/{id}/end");
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Named | null>(null);
  const [ending, setEnding] = useState<Named | null>(null);
  const all = list.data ?? [];
  const names = new Map(all.map((one) => [one.id, one.name]));
  return (
    <>
      <AddButton
        permission="organisation:write"
        words={say("org.add")}
        onAdd={() => {
          setAdding(true);
        }}
      />
      <Shown reading={list}>
        {(organisations) => (
          <DataTable
            name="organisations"
            rows={organisations}
            keyOf={(one) => one.id}
            partly={list.hasNextPage}
            columns={[
              {
                id: "name",
                title: say("org.name"),
                value: (one) => one.name,
                show: (one) => (
                  <b>
                    <Hostile text={one.name} />
                  </b>
                ),
              },
              { id: "parent", title: say("org.parent"), value: (one) => names.get(one.parent ?? "") ?? "", show: (one) => <Hostile text={names.get(one.parent ?? "") ?? ""} /> },
              { id: "created", title: say("sources.created"), value: (one) => one.created, show: (one) => <span className="nw">{formatTime(one.created)}</span> },
              { id: "ended", title: say("col.state"), value: (one) => one.ended ?? "", show: (one) => (one.ended ? say("sources.ended", { time: formatTime(one.ended) }) : say("users.active")) },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (one) =>
                  may("organisation:write") && !one.ended ? (
                    <span className="row endrow">
                      <button
                        type="button"
                        className="btn sm"
                        onClick={() => {
                          setRenaming(one);
                        }}
                      >
                        {say("org.rename")}
                      </button>
                      {one.parent ? (
                        <button
                          type="button"
                          className="btn sm"
                          onClick={() => {
                            setEnding(one);
                          }}
                        >
                          {say("org.end")}
                        </button>
                      ) : null}
                    </span>
                  ) : null,
              },
            ]}
          />
        )}
      </Shown>
      <MoreRows list={list} />
      {adding ? (
        <AddOrganisation
          all={all.filter((one) => !one.ended)}
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
      {renaming ? (
        <Rename
          organisation={renaming}
          onClose={() => {
            setRenaming(null);
          }}
        />
      ) : null}
      {ending ? (
        <AskDialog
          title={<Hostile text={say("org.end.title", { name: ending.name })} />}
          note={say("org.end.note")}
          verb={say("org.end")}
          danger
          busy={end.isPending}
          error={end.error}
          onClose={() => {
            setEnding(null);
          }}
          onConfirm={() => {
            end.mutate(
              { id: ending.id },
              {
                onSuccess: () => {
                  setEnding(null);
                },
              },
            );
          }}
        />
      ) : null}
    </>
  );
}
