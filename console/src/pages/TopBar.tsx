// The top bar: mark, choice of organisations, command field, connection, the server's time, the person.
import { Link } from "@tanstack/react-router";
import { formatClock, formatDate, formatWeekday } from "../base/time";
import { Icon, Mark } from "../parts/Icon";
import { useLive } from "../parts/live";
import { OrganisationPicker } from "../parts/OrganisationPicker";
import { useWords } from "../parts/preferences";
import { PersonMenu } from "./PersonMenu";

interface TopBarProps {
  now: number;
  choosing: boolean;
  onChoosing: (open: boolean) => void;
  onPalette: () => void;
  onKeys: () => void;
  onAccount: () => void;
}

export function TopBar({ now, choosing, onChoosing, onPalette, onKeys, onAccount }: TopBarProps) {
  const { say, language } = useWords();
  const { link } = useLive();
  const lost = link.state === "lost";
  return (
    <header className="top">
      <a className="skip" href="#main">
        {say("app.skip")}
      </a>
      <Link className="brand" to="/">
        <Icon name="tower" />
        <span>{say("app.name")}</span>
      </Link>
      <OrganisationPicker open={choosing} onOpen={onChoosing} />
      <button type="button" className="command" onClick={onPalette} aria-keyshortcuts="Control+K">
        <Icon name="search" />
        <span className="cut">{say("palette.hint")}</span>
        <span className="kbd end" aria-hidden="true">
          {"Ctrl K"}
        </span>
      </button>
      <div className="end">
        <span className="state dim">
          {lost ? <Mark kind="unknown" tone="c-high" /> : link.state === "up" ? <Mark kind="closed" tone="c-ok" /> : <Mark kind="new" />}
          <span>{say(lost ? "link.lost" : link.state === "up" ? "link.up" : "link.opening")}</span>
        </span>
        <span className="nowtime">
          <b>{formatClock(now)}</b>
          <span className="dim">
            {formatWeekday(now, language)} {formatDate(now)}
          </span>
          <span className="faint">{say("app.zone")}</span>
        </span>
        <PersonMenu onKeys={onKeys} onAccount={onAccount} />
      </div>
    </header>
  );
}
