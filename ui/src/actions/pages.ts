import { navigate, route } from "~/route";
import type { Theme } from "~/state/preferences";
import { projectIn } from "~/state/selection";
import { en } from "~/words";
import type { Action } from "./action";
import { startDemo } from "./do";
import { overlay } from "./overlay";

const theme = (value: Theme): Action => ({
  id: `page.theme.${value}`,
  title: en.actions.theme(en.settings.themes[value]),
  group: "page",
  run: ({ app }) => app.preferences.set({ theme: value }),
});

/** Going about, and the page itself. */
export const PAGES: Action[] = [
  {
    id: "page.palette",
    title: en.actions.palette,
    group: "page",
    keys: "mod+k",
    isHidden: true,
    run: () => overlay.set("palette"),
  },
  { id: "page.keys", title: en.actions.keys, group: "page", keys: "?", run: () => overlay.set("keys") },
  {
    id: "go.tasks",
    title: en.actions.goTasks,
    group: "go",
    run: () => navigate({ page: "tasks", query: {} }),
  },
  {
    id: "go.fleet",
    title: en.actions.goFleet,
    group: "go",
    keys: "f",
    run: () => navigate({ page: "fleet", query: {} }),
  },
  {
    id: "go.settings",
    title: en.actions.goSettings,
    group: "go",
    run: () => navigate({ page: "settings", query: {} }),
  },
  {
    id: "go.new",
    title: en.actions.newTask,
    group: "go",
    keys: "n",
    when: ({ mayChange }) => mayChange,
    run: (context) => navigate({ page: "new", query: { project: projectIn(context.route) } }),
  },
  {
    id: "app.quit",
    title: en.actions.quit,
    group: "go",
    when: ({ app }) => app.host.capabilities.quit !== undefined,
    run: ({ app }) => app.host.capabilities.quit?.(),
  },
  {
    id: "go.demo",
    title: en.actions.demo,
    group: "go",
    when: ({ mayChange }) => mayChange,
    run: ({ app }) => startDemo(app),
  },
  {
    id: "go.need",
    title: en.actions.needNext,
    group: "go",
    keys: "g",
    when: ({ app }) => app.attention.value.get().length > 0,
    run: ({ app }) => {
      const [first] = app.attention.value.get();
      if (first) navigate({ page: "tasks", project: first.project, task: first.task, query: route().query });
    },
  },
  {
    id: "page.details",
    title: en.actions.toggleDetails,
    group: "page",
    keys: "d",
    when: ({ selected }) => selected !== undefined,
    run: ({ app }) => app.preferences.set({ showDetails: !app.preferences.value.get().showDetails }),
  },
  {
    id: "page.retry",
    title: en.actions.retry,
    group: "page",
    when: ({ app }) => app.host.live.state.get().phase === "offline",
    run: ({ app }) => app.host.live.retry(),
  },
  theme("system"),
  theme("light"),
  theme("dark"),
];
