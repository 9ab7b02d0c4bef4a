// Indicators: what is said about a value, the lists, the feeds with their health, and what is allowed here.
import { TabbedPage } from "../../parts/TabbedPage";
import { AllowedTab } from "./AllowedTab";
import { FeedsTab } from "./FeedsTab";
import { ListsTab } from "./ListsTab";
import { LookTab } from "./LookTab";

const TABS = [
  ["look", "intel.look", "indicator:read", LookTab],
  ["lists", "intel.lists", "indicator:read", ListsTab],
  ["feeds", "intel.feeds", "feed:read", FeedsTab],
  ["allowed", "intel.allowed", "indicator:read", AllowedTab],
] as const;

export function Page() {
  return <TabbedPage heading="page.indicators" to="/indicators" tabs={TABS} />;
}
