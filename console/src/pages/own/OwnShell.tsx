// The frame for a contact of an organisation: its name, one column, four tabs. No search language, no other organisation.
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Hostile } from "../../parts/Hostile";
import { Icon, type IconName } from "../../parts/Icon";
import { useWords } from "../../parts/preferences";
import { useMe, useOrganisations } from "../../parts/session";
import { UndoLine } from "../../parts/UndoLine";
import { AccountDialog } from "../AccountDialog";
import { PersonMenu } from "../PersonMenu";
import "./own.css";

const TABS = [
  ["/", "tower", "page.own"],
  ["/own/answered", "folder", "page.own.answered"],
  ["/own/papers", "paper", "page.own.papers"],
  ["/own/unit", "units", "page.own.unit"],
] as const satisfies readonly (readonly [string, IconName, string])[];

export function OwnShell() {
  const { say } = useWords();
  const { organisation } = useMe();
  const { names } = useOrganisations();
  const { pathname } = useLocation();
  const [account, setAccount] = useState(false);
  const current = TABS.find(([path]) => (path === "/" ? pathname === "/" : pathname.startsWith(path)));
  const title = say(current?.[2] ?? "page.cases");
  useEffect(() => {
    document.title = `${title} · ${say("app.name")}`;
  }, [title, say]);
  return (
    <div className="ownview">
      <header>
        <a className="skip" href="#main">
          {say("app.skip")}
        </a>
        <Icon name="tower" />
        <b className="grow">
          <Hostile text={(organisation ? names.get(organisation) : undefined) ?? say("app.name")} />
        </b>
        <PersonMenu
          onAccount={() => {
            setAccount(true);
          }}
        />
      </header>
      <main id="main" tabIndex={-1}>
        <Outlet />
        <UndoLine />
      </main>
      <nav className="owntabs" aria-label={say("own.pages")}>
        {TABS.map(([path, icon, words]) => (
          <Link key={path} to={path} aria-current={current?.[0] === path ? "page" : undefined}>
            <Icon name={icon} />
            {say(words)}
          </Link>
        ))}
      </nav>
      {account ? (
        <AccountDialog
          onClose={() => {
            setAccount(false);
          }}
        />
      ) : null}
    </div>
  );
}
