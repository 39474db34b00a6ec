import type { TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useResource } from "~/state/hooks";
import { hasEnded, keyOf } from "~/state/keys";
import { useReadable } from "~/state/store";

/** As many tasks are asked where they work. */
const MOST = 24;

/** The folder that is meant: the one that is named, else the project's. */
export function useFolder(project: string, cwd: string): string | undefined {
  const { projects } = useReadable(useApp().tasks.value);
  return cwd || (projects.find((each) => each.project === project)?.source ?? undefined);
}

/** Whether it works, or goes on where it was. */
function hasBegun(task: TaskView): boolean {
  return !hasEnded(task) && task.status !== "waiting" && task.status !== "queued";
}

/** The unfinished tasks that work in a folder. */
export function useWorkingIn(folder: string | undefined): TaskView[] {
  const { host, tasks } = useApp();
  const { byKey } = useReadable(tasks.value);
  const active = [...byKey.values()].filter(hasBegun).slice(0, MOST);
  // Where a task works does not change: it is asked again only for other tasks.
  const { data } = useResource(`working:${folder ?? ""}:${active.map(keyOf).join()}`, async () => {
    if (!folder) return [];
    const details = await Promise.allSettled(
      active.map(({ project, task }) => host.request("tasks_show", { path: { project, task } })),
    );
    return details.flatMap((each) =>
      each.status === "fulfilled" && each.value.cwd === folder ? each.value : [],
    );
  });
  return data ?? [];
}
