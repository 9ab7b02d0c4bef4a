// One line a page: address, menu entry (group, icon, words), permission, lazy loading. Pages without a group stand in no menu.
import type { ComponentType } from "react";
import type { MessageKey } from "../base/messages";
import type { IconName } from "../parts/Icon";

export interface PageEntry {
  path: string;
  group?: "group.watch" | "group.work" | "group.know" | "group.keep";
  icon?: IconName;
  title: MessageKey;
  permission: string;
  key?: string;
  load: () => Promise<{ Page: ComponentType }>;
}

export const PAGES: readonly PageEntry[] = [
  { path: "/", group: "group.watch", icon: "tower", title: "page.now", permission: "finding:read", key: "t", load: () => import("./own/Landing") },
  { path: "/own/answered", title: "page.own.answered", permission: "case:answer", load: () => import("./own/AnsweredPage") },
  { path: "/own/papers", title: "page.own.papers", permission: "case:answer", load: () => import("./own/PapersPage") },
  { path: "/own/unit", title: "page.own.unit", permission: "case:answer", load: () => import("./own/UnitPage") },
  { path: "/findings", group: "group.watch", icon: "find", title: "page.findings", permission: "finding:read", key: "p", load: () => import("./findings/FindingsPage") },
  { path: "/findings/$id", title: "page.findings", permission: "finding:read", load: () => import("./findings/FindingPage") },
  { path: "/search", group: "group.watch", icon: "search", title: "page.search", permission: "event:read", key: "k", load: () => import("./search/SearchPage") },
  { path: "/hunts", group: "group.watch", icon: "undo", title: "page.hunts", permission: "hunt:read", load: () => import("./hunts/HuntsPage") },
  { path: "/lists", group: "group.work", icon: "list", title: "page.lists", permission: "list:read", key: "d", load: () => import("./lists/ListsPage") },
  { path: "/lists/import", title: "lists.new", permission: "list:import", load: () => import("./lists/ImportPage") },
  { path: "/lists/worklist", title: "lists.worklist", permission: "list:read", load: () => import("./lists/WorklistPage") },
  { path: "/lists/profiles", title: "lists.profiles", permission: "list:read", load: () => import("./lists/ProfilesPage") },
  { path: "/lists/$id", title: "page.lists", permission: "list:read", load: () => import("./lists/ListPage") },
  { path: "/cases", group: "group.work", icon: "folder", title: "page.cases", permission: "case:read", key: "v", load: () => import("./cases/CasesPage") },
  { path: "/cases/$id", title: "page.cases", permission: "case:read", load: () => import("./cases/CasePage") },
  { path: "/papers", group: "group.work", icon: "paper", title: "page.papers", permission: "paper:read", key: "e", load: () => import("./papers/PapersPage") },
  { path: "/papers/$id", title: "page.papers", permission: "paper:read", load: () => import("./papers/PaperPage") },
  { path: "/directory", group: "group.know", icon: "book", title: "page.directory", permission: "directory:read", key: "b", load: () => import("./directory/DirectoryPage") },
  { path: "/rules", group: "group.know", icon: "rule", title: "page.rules", permission: "rule:read", key: "r", load: () => import("./rules/RulesPage") },
  { path: "/rules/coverage", title: "rules.coverage", permission: "rule:read", load: () => import("./rules/CoveragePage") },
  { path: "/rules/packs", title: "rules.packs", permission: "rule:read", load: () => import("./rules/PacksPage") },
  { path: "/rules/edit", title: "edit.title", permission: "rule:read", load: () => import("./rules/EditorPage") },
  { path: "/rules/$id", title: "page.rules", permission: "rule:read", load: () => import("./rules/RulePage") },
  { path: "/indicators", group: "group.know", icon: "mark", title: "page.indicators", permission: "indicator:read", key: "h", load: () => import("./indicators/IndicatorsPage") },
  { path: "/sources", group: "group.know", icon: "source", title: "page.sources", permission: "source:read", key: "n", load: () => import("./sources/SourcesPage") },
  { path: "/sources/$id", title: "page.sources", permission: "source:read", load: () => import("./sources/SourcePage") },
  { path: "/first-run", title: "first.welcome", permission: "self:read", load: () => import("./firstrun/FirstRunPage") },
  { path: "/administration", group: "group.keep", icon: "gear", title: "page.administration", permission: "health:read", key: "q", load: () => import("./administration/AdministrationPage") },
  // The gallery of all shared parts, in development builds only.
  ...(import.meta.env.VITE_GALLERY ? [{ path: "/gallery", title: "page.gallery", permission: "self:read", load: () => import("./gallery/GalleryPage") } as const] : []),
];
