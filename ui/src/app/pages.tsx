import { type ComponentType, lazy } from "react";
import type { IconName } from "~/look";
import { TasksPage } from "~/pages/tasks/TasksPage";
import type { Route } from "~/route";
import { en } from "~/words";

type Page = {
  page: Route["page"];
  component: ComponentType;
  /** Its place in the strip and in the bar of narrow windows. */
  nav?: { title: string; icon: IconName };
};

/** Every page. What is not on the first page is loaded when it is opened. */
export const PAGES: readonly Page[] = [
  { page: "tasks", component: TasksPage, nav: { title: en.strip.tasks, icon: "tasks" } },
  {
    page: "fleet",
    component: lazy(() => import("~/pages/fleet/FleetPage")),
    nav: { title: en.strip.fleet, icon: "fleet" },
  },
  {
    page: "settings",
    component: lazy(() => import("~/pages/settings/SettingsPage")),
    nav: { title: en.strip.settings, icon: "settings" },
  },
  { page: "new", component: lazy(() => import("~/pages/new/NewTaskPage")) },
];

export const NAV = PAGES.flatMap(({ page, nav }) => (nav ? [{ page, ...nav }] : []));
