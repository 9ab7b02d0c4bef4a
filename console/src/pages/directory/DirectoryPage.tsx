// The directory: whose is what, since when and by which paper, and the question that it answers.
import { TabbedPage } from "../../parts/TabbedPage";
import { FactsTab } from "./FactsTab";
import { Whose } from "./Whose";
import "../lists/lists.css";
import "./directory.css";

const TABS = [
  ["ranges", "directory.ranges", "directory:read", () => <FactsTab key="ranges" tab="ranges" />],
  ["systems", "directory.systems", "directory:read", () => <FactsTab key="systems" tab="systems" />],
  ["machines", "directory.machines", "directory:read", () => <FactsTab key="machines" tab="machines" />],
  ["contacts", "directory.contacts", "directory:read", () => <FactsTab key="contacts" tab="contacts" />],
  ["organisations", "directory.organisations", "directory:read", () => <FactsTab key="organisations" tab="organisations" />],
] as const;

export function Page() {
  return <TabbedPage heading="page.directory" to="/directory" tabs={TABS} above={<Whose />} />;
}
