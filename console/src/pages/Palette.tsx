// The command palette (Ctrl K): do, open, search in events. Typed without accents; dangerous things open their dialog.
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { found } from "../base/find";
import { titleWords } from "../base/rule_title";
import { useResource } from "../api/resource";
import { usePresentActions } from "../parts/actions";
import { Dialog } from "../parts/Dialog";
import { Hostile } from "../parts/Hostile";
import { Icon, LevelGlyph } from "../parts/Icon";
import { useListedPageKeys } from "../parts/page_keys";
import { useWords } from "../parts/preferences";
import { useMe } from "../parts/session";
import { PAGES } from "./list";

interface Entry {
  group: "palette.do" | "palette.open" | "palette.events";
  text: string; // what is matched and told
  note?: string;
  also?: string; // what is matched as well, and not told
  icon: ReactNode;
  key?: string | undefined;
  run: () => void;
}
const MOST = 8;

function useEntries(asked: string, own: readonly Entry[]): Entry[] {
  const { say, ruleTitle } = useWords();
  const { may } = useMe();
  const navigate = useNavigate();
  const actions = usePresentActions();
  const keys = useListedPageKeys();
  const findings = useResource("/api/v1/findings", { query: { limit: "200" }, enabled: may("finding:read") });
  const sources = useResource("/api/v1/sources", { query: { limit: "1000" }, enabled: may("source:read") });
  const doing = useMemo(
    (): Entry[] => [
      ...actions.map((action): Entry => ({ group: "palette.do", text: action.words, icon: <Icon name="right" />, key: action.key, run: action.run })),
      ...keys.flatMap((key): Entry[] => (key.action ? [{ group: "palette.do", text: say(key.words), icon: <Icon name="right" />, key: key.shown, run: key.action }] : [])),
      ...own,
    ],
    [actions, keys, own, say],
  );
  const opening = useMemo(
    (): Entry[] => [
      ...PAGES.filter((page) => page.group && may(page.permission)).map((page): Entry => ({
        group: "palette.open",
        text: say(page.title),
        icon: page.icon ? <Icon name={page.icon} /> : null,
        key: page.key ? `G ${page.key.toUpperCase()}` : undefined,
        run: () => {
          void navigate({ to: page.path });
        },
      })),
      ...(findings.data?.items ?? []).map((finding): Entry => ({
        group: "palette.open",
        text: ruleTitle(finding.rule),
        also: titleWords(finding.rule),
        note: `${finding.entity} · ${finding.id}`,
        icon: <LevelGlyph level={finding.level} />,
        run: () => {
          void navigate({ to: "/findings/$id", params: { id: finding.id } });
        },
      })),
      ...(sources.data?.items ?? []).map((source): Entry => ({
        group: "palette.open",
        text: source.name,
        note: say("page.sources"),
        icon: <Icon name="source" />,
        run: () => {
          void navigate({ to: "/sources/$id", params: { id: source.id } });
        },
      })),
    ],
    [findings.data, sources.data, may, navigate, say, ruleTitle],
  );
  const words = asked.trim();
  const search: Entry[] =
    words && may("event:read")
      ? [
          {
            group: "palette.events",
            text: words,
            icon: <Icon name="search" />,
            key: "Ctrl Enter",
            run: () => {
              void navigate({ to: "/search", search: { q: words } });
            },
          },
        ]
      : [];
  const textOf = (entry: Entry) => `${entry.text} ${entry.note ?? ""} ${entry.also ?? ""}`;
  return [...found(asked, doing, textOf, MOST), ...found(asked, opening, textOf, MOST), ...search];
}

export function Palette({ own, onClose }: { own: readonly Entry[]; onClose: () => void }) {
  const { say } = useWords();
  const list = useId();
  const [asked, setAsked] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(asked, own);
  const box = useRef<HTMLUListElement>(null);
  const chosen = Math.min(at, entries.length - 1);
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    const last = entries.length - 1;
    if (event.key === "ArrowDown") setAt(chosen >= last ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") setAt(chosen <= 0 ? last : chosen - 1);
    else if (event.key === "Enter") run(event.ctrlKey || event.metaKey ? entries.find((entry) => entry.group === "palette.events") : entries[chosen]);
    else return;
    event.preventDefault();
  };
  let group = "";
  return (
    <Dialog title={<span className="vh">{say("palette.title")}</span>} onClose={onClose} wide>
      <div className="palette">
        <div className="row">
          <Icon name="search" />
          <input
            className="input"
            role="combobox"
            aria-expanded="true"
            aria-controls={list}
            aria-activedescendant={entries[chosen] ? `${list}-${String(chosen)}` : undefined}
            aria-label={say("palette.hint")}
            placeholder={say("palette.hint")}
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            value={asked}
            onChange={(event) => {
              setAsked(event.target.value);
              setAt(0);
            }}
            onKeyDown={press}
          />
          <span className="faint small nw">{say("palette.accents")}</span>
        </div>
        <ul id={list} role="listbox" aria-label={say("palette.title")} ref={box}>
          {entries.map((entry, index) => {
            const heading =
              entry.group === group ? null : (
                <li key={entry.group} role="presentation" className="faint small">
                  {say(entry.group)}
                </li>
              );
            group = entry.group;
            return [
              heading,
              <li
                key={`${entry.group} ${entry.text} ${entry.note ?? ""}`}
                id={`${list}-${String(index)}`}
                role="option"
                aria-selected={index === chosen}
                className={index === chosen ? "on" : ""}
                onMouseEnter={() => {
                  setAt(index);
                }}
                onClick={() => {
                  run(entry);
                }}
              >
                {entry.icon}
                <span className="cut">
                  <Hostile text={entry.text} />
                  {entry.note ? (
                    <span className="faint small">
                      {" "}
                      <Hostile text={entry.note} />
                    </span>
                  ) : null}
                </span>
                {entry.key ? <span className="kbd end">{entry.key}</span> : null}
              </li>,
            ];
          })}
          {entries.length === 0 ? (
            <li role="presentation" className="dim">
              {say("palette.none")}
            </li>
          ) : null}
        </ul>
      </div>
    </Dialog>
  );
}
export type PaletteEntry = Entry;
