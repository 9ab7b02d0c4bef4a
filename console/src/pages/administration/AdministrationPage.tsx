import { Link } from "@tanstack/react-router";
import { useMe } from "../../parts/session";
import { useWords } from "../../parts/preferences";
import { useAddress } from "../../parts/url";
import { AuditTab } from "./AuditTab";
import { HealthTab } from "./HealthTab";
import { TokensTab } from "./TokensTab";
import { UsersTab } from "./UsersTab";

const TABS = [["health", "admin.health", "health:read"], ["users", "admin.users", "user:read"], ["tokens", "admin.tokens", "token:read"], ["audit", "admin.audit", "audit:read"]] as const;

export function Page() {
  const { say } = useWords();
  const { may } = useMe();
  const address = useAddress();
  const tabs = TABS.filter(([, , permission]) => may(permission));
  const tab = tabs.find(([name]) => name === address.value("tab"))?.[0] ?? tabs[0]?.[0];
  return (
    <>
      <div className="head row"><h1>{say("page.administration")}</h1></div>
      <nav className="tabs" aria-label={say("page.administration")}>{tabs.map(([name, title]) => <Link key={name} to="/administration" search={{ tab: name }} aria-current={name === tab ? "page" : undefined}>{say(title)}</Link>)}</nav>
      {tab === "users" ? <UsersTab /> : tab === "tokens" ? <TokensTab /> : tab === "audit" ? <AuditTab /> : <HealthTab />}
    </>
  );
}
