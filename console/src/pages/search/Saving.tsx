// Keeping a search under a name, taking one up again, sharing it.
import { Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "../../api/client";
import { dropSaved, keepSaved, type SavedSearch } from "../../api/search";
import { useSaved } from "../../api/search_hooks";
import { AskDialog } from "../../parts/Dialog";
import { Hostile } from "../../parts/Hostile";
import { Icon } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";

const failed = (cause: unknown) => (cause instanceof ApiError ? cause : new ApiError(0, String(cause), "internal", undefined));

export function SaveDialog({ q, range, onClose }: { q: string; range: string; onClose: () => void }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const save = () => {
    if (name.trim() === "") return;
    setBusy(true);
    keepSaved({ name: name.trim(), q, range, shared }).then(
      () => {
        void queries.invalidateQueries({ queryKey: ["saved-searches"] });
        onClose();
      },
      (cause: unknown) => {
        setError(failed(cause));
        setBusy(false);
      },
    );
  };
  return (
    <AskDialog title={say("search.save.title")} verb={say("search.save")} busy={busy} error={error} onClose={onClose} onConfirm={save}>
      <p className="mono small wrap">
        <Hostile text={q || say("search.everything")} />
      </p>
      <label className="labelled">
        <span>{say("search.save.name")}</span>
        <input
          className="input"
          name="name"
          data-autofocus
          required
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
      </label>
      <label className="row">
        <input
          type="checkbox"
          name="shared"
          checked={shared}
          onChange={(event) => {
            setShared(event.target.checked);
          }}
        />
        {say("search.save.shared")}
      </label>
    </AskDialog>
  );
}

export function SavedMenu({ q, onTake }: { q: string; onTake: (search: SavedSearch) => void }) {
  const { say, why } = useWords();
  const queries = useQueryClient();
  const saved = useSaved();
  const [dropping, setDropping] = useState<SavedSearch | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const items = saved.data?.items ?? [];
  const current = items.find((one) => one.q === q && q !== "");
  const drop = (search: SavedSearch) => {
    dropSaved(search.id).then(
      () => {
        setDropping(null);
        setError(null);
        void queries.invalidateQueries({ queryKey: ["saved-searches"] });
      },
      (cause: unknown) => {
        setError(failed(cause));
      },
    );
  };
  return (
    <>
      <Menu position="bottom-start" width={320} withInitialFocusPlaceholder={false} portalProps={{ target: "#main" }} transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button type="button" className="link small" data-testid="saved">
            {say("search.saved")}
            {current ? (
              <>
                {": "}
                <Hostile text={current.name} />
              </>
            ) : null}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {items.length === 0 ? <Menu.Label>{saved.error ? <Hostile text={why(saved.error.told)} /> : say("search.saved.none")}</Menu.Label> : null}
          {items.map((search) => (
            <Menu.Item
              key={search.id}
              onClick={() => {
                onTake(search);
              }}
            >
              <b>
                <Hostile text={search.name} />
              </b>
              {search.shared ? (
                <span className="faint small">
                  {" · "}
                  {say("search.saved.shared")}
                </span>
              ) : null}
              <span className="mono small faint cut savedtext">
                <Hostile text={search.q || say("search.everything")} />
              </span>
            </Menu.Item>
          ))}
          {current ? (
            <>
              <Menu.Divider />
              <Menu.Item
                leftSection={<Icon name="close" />}
                onClick={() => {
                  setDropping(current);
                }}
              >
                {say("search.saved.drop", { name: current.name })}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {dropping ? (
        <AskDialog
          title={<Hostile text={say("search.saved.drop.title", { name: dropping.name })} />}
          note={say("search.saved.drop.note")}
          verb={say("search.remove")}
          danger
          busy={false}
          error={error}
          onClose={() => {
            setDropping(null);
          }}
          onConfirm={() => {
            drop(dropping);
          }}
        />
      ) : null}
    </>
  );
}
