import { type ComponentType, lazy } from "react";
import type { TaskView } from "~/platform/operations";
import type { TaskRef } from "~/state/keys";
import { en } from "~/words";

export type TabProps = { task: TaskRef };

export type TabSpec = {
  /** Its part of the address. */
  id: string;
  title: string;
  component: ComponentType<TabProps>;
  /** Only where the details have no room beside the task. */
  onlyNarrow?: boolean;
  /** Whether the task has it; absent: always. */
  when?: (task: TaskView) => boolean;
};

/** The tabs of a task, in their order; the first is shown where the address names none. */
export const TABS: readonly TabSpec[] = [
  { id: "transcript", title: en.tabs.transcript, component: lazy(() => import("../tabs/Transcript")) },
  { id: "log", title: en.tabs.log, component: lazy(() => import("../tabs/Log")) },
  { id: "changes", title: en.tabs.changes, component: lazy(() => import("../tabs/Changes")) },
  { id: "timeline", title: en.tabs.timeline, component: lazy(() => import("../tabs/Timeline")) },
  { id: "files", title: en.tabs.files, component: lazy(() => import("../tabs/Files")) },
  { id: "messages", title: en.tabs.messages, component: lazy(() => import("../tabs/Messages")) },
  {
    id: "details",
    title: en.tabs.details,
    component: lazy(() => import("../right/DetailsTab")),
    onlyNarrow: true,
  },
];
