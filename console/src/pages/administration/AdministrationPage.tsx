import { Link } from "@tanstack/react-router";
import { useMe } from "../../parts/session";
import { useWords } from "../../parts/preferences";
import { useAddress } from "../../parts/url";
import { AsideTab } from "./AsideTab";
import { AuditTab } from "./AuditTab";
import { BackupTab } from "./BackupTab";
import { HealthTab } from "./HealthTab";
import { OrganisationsTab } from "./OrganisationsTab";
import { SettingsTab } from "./SettingsTab";
import { TokensTab } from "./TokensTab";
import { UsersTab } from "./UsersTab";

const TABS = [
  ["health", "admin.health", "health:read", HealthTab],
  ["users", "admin.users", "user:read", UsersTab],
  ["tokens", "admin.tokens", "token:read", TokensTab],
  ["organisations", "admin.organisations", "organisation:read", OrganisationsTab],
  ["audit", "admin.audit", "audit:read", AuditTab],
  ["settings", "admin.settings", "setting:read", SettingsTab],
  ["backup", "admin.backup", "backup:run", BackupTab],
  ["aside", "admin.aside", "health:read", AsideTab],
] as const;

export function Page() {
  const { say } = useWords();
  const { may } = useMe();
  const address = useAddress();
  const tabs = TABS.filter(([, , permission]) => may(permission));
  const tab = tabs.find(([name]) => name === address.value("tab")) ?? tabs[0];
  const Body = tab?.[3];
  return (
    <>
      <div className="head row">
        <h1>{say("page.administration")}</h1>
      </div>
      <nav className="tabs" aria-label={say("page.administration")}>
        {tabs.map(([name, title]) => (
          <Link key={name} to="/administration" search={{ tab: name }} aria-current={name === tab?.[0] ? "page" : undefined}>
            {say(title)}
          </Link>
        ))}
      </nav>
      {Body ? <Body /> : null}
    </>
  );
}
