// The frame of every page: top bar, navigation with badges, watch ribbon, palette, keys, banner when the link is lost.
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { formatClock } from "../base/time";
import { useNow } from "../parts/clock";
import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { useLive } from "../parts/live";
import { THEMES, usePreferences, useWords } from "../parts/preferences";
import { CONTACT, useMe } from "../parts/session";
import { Empty } from "../parts/States";
import { forgetUndo, undoLast, useOffered } from "../parts/undo";
import { UndoLine } from "../parts/UndoLine";
import { AccountDialog } from "./AccountDialog";
import { KeysDialog } from "./KeysDialog";
import { PAGES } from "./list";
import { Navigation, useWatch } from "./Navigation";
import { OwnShell } from "./own/OwnShell";
import { Palette, type PaletteEntry } from "./Palette";
import { useScopeEntries } from "./scope_entries";
import { TopBar } from "./TopBar";

// While the link is lost: since when, until the next try, and a button for at once. What was read goes on being shown.
function LostLink() {
  const { say } = useWords();
  const { link, retry } = useLive();
  const now = useNow(1000);
  if (link.state !== "lost") return null;
  return (
    <p className="ban high" role="status" data-testid="lost">
      <Icon name="warn" />
      <b>{say("link.banner", { time: formatClock(link.since) })}</b>
      <span>{say("link.old")}</span>
      <span className="end small nw" aria-hidden="true">
        {say("link.retry", { n: Math.max(0, Math.ceil((link.retryAt - now) / 1000)) })}
      </span>
      <button type="button" className="btn sm" onClick={retry}>
        {say("link.now")}
      </button>
    </p>
  );
}

// A contact has a frame of their own.
export function Shell() {
  const { role } = useMe();
  return role === CONTACT ? <OwnShell /> : <DeskShell />;
}

function DeskShell() {
  const { say } = useWords();
  const { theme, setTheme, language, setLanguage, density, setDensity } = usePreferences();
  const watch = useWatch();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const scopes = useScopeEntries(() => {
    setOpen("scope");
  });
  const offered = useOffered();
  const [open, setOpen] = useState<"" | "keys" | "account" | "palette" | "scope">("");
  const shut = () => {
    setOpen("");
  };
  const page = PAGES.find((entry) => (entry.path === "/" ? pathname === "/" : pathname.startsWith(entry.path)));
  useEffect(() => {
    document.title = `${watch.fresh > 0 ? `(${String(watch.fresh)}) ` : ""}${page ? say(page.title) : ""} · ${say("app.name")}`;
  }, [page, say, watch.fresh]);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setOpen((before) => (before === "palette" ? "" : "palette"));
    };
    document.addEventListener("keydown", listen);
    return () => {
      document.removeEventListener("keydown", listen);
    };
  }, []);
  // What was done on one page is not taken back from another.
  const part = pathname.split("/")[1] ?? "";
  useEffect(() => forgetUndo, [part]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "machine";
  const regions = () => {
    const all = [...document.querySelectorAll<HTMLElement>(".nav a, .main, .rail a, .rail button")].filter(
      (element, at, list) => list.findIndex((other) => other.parentElement?.closest(".nav, .main, .rail") === element.parentElement?.closest(".nav, .main, .rail")) === at,
    );
    const here = all.findIndex((element) => element === document.activeElement || (document.activeElement?.closest(".nav, .rail, .main") ?? null) === element.closest(".nav, .rail, .main"));
    all[(here + 1) % Math.max(1, all.length)]?.focus();
  };
  useKeys({
    "?": () => {
      setOpen("keys");
    },
    "/": () => {
      setOpen("palette");
    },
    t: () => {
      setTheme(next);
    },
    F6: regions,
    z: () => {
      void undoLast();
    },
    ...Object.fromEntries(
      PAGES.filter((entry) => entry.key).map((entry) => [
        `g ${entry.key ?? ""}`,
        () => {
          void navigate({ to: entry.path });
        },
      ]),
    ),
  });
  const own = useMemo((): PaletteEntry[] => {
    const entry = (text: string, run: () => void, key?: string): PaletteEntry => ({ group: "palette.do", text, icon: <Icon name="gear" />, key, run });
    return [
      ...(offered?.state === "offered"
        ? [
            entry(
              say("keys.undo"),
              () => {
                void undoLast();
              },
              "Z",
            ),
          ]
        : []),
      entry(
        say("palette.theme", { what: say(`theme.${next}`) }),
        () => {
          setTheme(next);
        },
        "T",
      ),
      entry(say(language === "vi" ? "palette.english" : "palette.vietnamese"), () => {
        setLanguage(language === "vi" ? "en" : "vi");
      }),
      entry(say(density === "comfortable" ? "palette.compact" : "palette.comfortable"), () => {
        setDensity(density === "comfortable" ? "compact" : "comfortable");
      }),
      entry(say("account.title"), () => {
        setOpen("account");
      }),
      entry(
        say("me.keys"),
        () => {
          setOpen("keys");
        },
        "?",
      ),
      ...scopes,
    ];
  }, [say, next, setTheme, language, setLanguage, density, setDensity, offered, scopes]);
  return (
    <div className="app">
      <TopBar
        now={watch.now}
        choosing={open === "scope"}
        onChoosing={(choosing) => {
          setOpen(choosing ? "scope" : "");
        }}
        onPalette={() => {
          setOpen("palette");
        }}
        onKeys={() => {
          setOpen("keys");
        }}
        onAccount={() => {
          setOpen("account");
        }}
      />
      <Navigation watch={watch} />
      <main className="main" id="main" tabIndex={-1}>
        <LostLink />
        <Outlet />
        <UndoLine />
      </main>
      {open === "account" ? <AccountDialog onClose={shut} /> : null}
      {open === "keys" ? <KeysDialog onClose={shut} /> : null}
      {open === "palette" ? <Palette own={own} onClose={shut} /> : null}
    </div>
  );
}

export function Missing() {
  const { say } = useWords();
  return <Empty title={say("missing")} />;
}
