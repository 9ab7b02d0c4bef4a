import { useState } from "react";
import { formatTime } from "../../base/time";
import { useChange, useList, useResource } from "../../api/resource";
import type { Token } from "../../api/types";
import { useNow } from "../../parts/clock";
import { AskDialog, Dialog } from "../../parts/Dialog";
import { DataTable } from "../../parts/DataTable";
import { Hostile } from "../../parts/Hostile";
import { When } from "../../parts/Labels";
import { useWords } from "../../parts/preferences";
import { Secret } from "../../parts/Secret";
import { useMe } from "../../parts/session";
import { Shown } from "../../parts/States";
import { sayRole, TOKEN_ROLES } from "./roles";
import { AddButton } from "./parts";

function AddToken({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [role, setRole] = useState("ingest");
  const [source, setSource] = useState("");
  const sources = useResource("/api/v1/sources", { query: { limit: "1000" } });
  const make = useChange("post", "/api/v1/tokens");
  const made = make.data;
  if (made?.token)
    return (
      <Dialog wide title={say("tokens.ready", { name: made.name })} onClose={onClose}>
        <Secret text={made.token} note={say("secret.once")} />
        <footer>
          <button type="button" className="btn pri end" onClick={onClose}>
            {say("do.done")}
          </button>
        </footer>
      </Dialog>
    );
  const live = (sources.data?.items ?? []).filter((one) => one.ended === null);
  return (
    <AskDialog
      title={say("tokens.add")}
      verb={say("tokens.add")}
      busy={make.isPending}
      error={make.error}
      onClose={onClose}
      onConfirm={() => {
        make.mutate({ body: role === "ingest" ? { role, source } : { role } });
      }}
    >
      <label className="labelled">
        <span>{say("users.role")}</span>
        <select
          className="input"
          value={role}
          onChange={(event) => {
            setRole(event.target.value);
          }}
        >
          {TOKEN_ROLES.map((one) => (
            <option key={one} value={one}>
              {sayRole(one, say)}
            </option>
          ))}
        </select>
      </label>
      {role === "ingest" ? (
        <label className="labelled">
          <span>{say("tokens.source")}</span>
          <select
            className="input"
            required
            value={source}
            onChange={(event) => {
              setSource(event.target.value);
            }}
          >
            <option value="" />
            {live.map((one) => (
              <option key={one.id}>{one.name}</option>
            ))}
          </select>
        </label>
      ) : null}
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
      <AddButton
        permission="token:write"
        words={say("tokens.add")}
        onAdd={() => {
          setAdding(true);
        }}
      />
      <Shown reading={list}>
        {(tokens) => (
          <DataTable
            name="tokens"
            rows={tokens}
            keyOf={(token) => token.id}
            partly={list.hasNextPage}
            empty={say("tokens.none")}
            columns={[
              {
                id: "name",
                title: say("users.name"),
                value: (token) => token.name,
                show: (token) => (
                  <b>
                    <Hostile text={token.name} />
                  </b>
                ),
              },
              { id: "role", title: say("users.role"), value: (token) => sayRole(token.role, say) },
              { id: "creator", title: say("tokens.creator"), value: (token) => token.creator, show: (token) => <Hostile text={token.creator.replace(/^user:/, "")} /> },
              { id: "created", title: say("sources.created"), value: (token) => token.created, show: (token) => <span className="nw">{formatTime(token.created)}</span> },
              {
                id: "used",
                title: say("tokens.used"),
                value: (token) => token.used ?? "",
                show: (token) => (token.used ? <When time={token.used} now={now} /> : <span className="faint">{say("users.never")}</span>),
              },
              { id: "state", title: say("col.state"), value: (token) => (token.revoked ? say("tokens.revoked", { time: formatTime(token.revoked) }) : say("tokens.active")) },
              {
                id: "do",
                title: say("col.next"),
                fixed: true,
                value: () => "",
                show: (token) =>
                  !token.revoked && may("token:write") ? (
                    <button
                      type="button"
                      className="btn sm"
                      aria-label={`${say("tokens.revoke")}: ${token.name}`}
                      onClick={() => {
                        setEnding(token);
                      }}
                    >
                      {say("tokens.revoke")}
                    </button>
                  ) : null,
              },
            ]}
          />
        )}
      </Shown>
      {adding ? (
        <AddToken
          onClose={() => {
            setAdding(false);
          }}
        />
      ) : null}
      {ending ? (
        <AskDialog
          title={say("tokens.ask", { name: ending.name })}
          note={say("tokens.note")}
          verb={say("tokens.revoke")}
          danger
          busy={revoke.isPending}
          error={revoke.error}
          onClose={() => {
            setEnding(null);
          }}
          onConfirm={() => {
            revoke.mutate(
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
