import { TabbedPage } from "../../parts/TabbedPage";
import { AsideTab } from "./AsideTab";
import { AuditTab } from "./AuditTab";
import { BackupTab } from "./BackupTab";
import { HealthTab } from "./HealthTab";
import { NotificationsTab } from "./NotificationsTab";
import { OrganisationsTab } from "./OrganisationsTab";
import { SettingsTab } from "./SettingsTab";
import { TokensTab } from "./TokensTab";
import { UsersTab } from "./UsersTab";

const TABS = [
  ["health", "admin.health", "health:read", HealthTab],
  ["users", "admin.users", "user:read", UsersTab],
  ["tokens", "admin.tokens", "token:read", TokensTab],
  ["organisations", "admin.organisations", "organisation:read", OrganisationsTab],
  ["notifications", "admin.notifications", "notification:read", NotificationsTab],
  ["audit", "admin.audit", "audit:read", AuditTab],
  ["settings", "admin.settings", "setting:read", SettingsTab],
  ["backup", "admin.backup", "backup:run", BackupTab],
  ["aside", "admin.aside", "health:read", AsideTab],
] as const;

export function Page() {
  return <TabbedPage heading="page.administration" to="/administration" tabs={TABS} />;
}
