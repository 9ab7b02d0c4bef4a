// Indicators: what is said about a value, the lists, the patterns, the feeds with their health, and what is allowed here.
import { TabbedPage } from "../../parts/TabbedPage";
import { AllowedTab } from "./AllowedTab";
import { FeedsTab } from "./FeedsTab";
import { ListsTab } from "./ListsTab";
import { LookTab } from "./LookTab";
import { PatternsTab } from "./PatternsTab";

const TABS = [
  ["look", "intel.look", "indicator:read", LookTab],
  ["lists", "intel.lists", "indicator:read", ListsTab],
  ["patterns", "intel.patterns", "indicator:read", PatternsTab],
  ["feeds", "intel.feeds", "feed:read", FeedsTab],
  ["allowed", "intel.allowed", "indicator:read", AllowedTab],
] as const;

export function Page() {
  return <TabbedPage heading="page.indicators" to="/indicators" tabs={TABS} />;
}
