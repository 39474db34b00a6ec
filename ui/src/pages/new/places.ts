import type { ProjectView, TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useResource } from "~/state/hooks";
import { hasEnded, keyOf } from "~/state/keys";
import { useReadable } from "~/state/store";
import type { Form } from "./form";

export type Place = Pick<Form, "project" | "cwd">;

/** What is known of the places that a new task could be in. */
export type Places = {
  /** The project that was looked at when a task was asked for. */
  inView: string | undefined;
  /** Where the last task was asked for in this browser. */
  last: Place | undefined;
  projects: readonly ProjectView[];
  tasks: Iterable<TaskView>;
};

/** A place, and what is to be said there about what it may do; empty: nothing. */
export type Where = Place & Pick<Form, "access">;

/** Where a new task would be: the demo's own folder is thrown away with it, and meant only where there is no other. */
export function placeOf({ inView, last, projects, tasks }: Places): Where {
  const wished = [inView ? { project: inView, cwd: "" } : undefined, last, ...byAge(projects, tasks)];
  const places = wished.filter((place) => place !== undefined);
  const sources = new Map(projects.map(({ project, source }) => [project, source]));
  const isDemo = ({ project, cwd }: Place) => OF_DEMO.test(cwd || (sources.get(project) ?? ""));
  const place = places.find((each) => !isDemo(each));
  if (place) return { ...place, access: "" };
  return { ...(places[0] ?? { project: "", cwd: "" }), access: places[0] ? "edit" : "" };
}

/** The folders of demos, below the state of their root. */
const OF_DEMO = /\/state\/demo\/[^/]+\/[^/]+\/?$/;

/** The projects, that first in which a task was made last. */
function byAge(projects: readonly ProjectView[], tasks: Iterable<TaskView>): Place[] {
  const latest = new Map<string, string>();
  for (const { project, created_at: at } of tasks)
    if (at && at > (latest.get(project) ?? "")) latest.set(project, at);
  const age = ({ project }: ProjectView) => latest.get(project) ?? "";
  return projects
    .toSorted((a, b) => age(b).localeCompare(age(a)))
    .map(({ project }) => ({ project, cwd: "" }));
}

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
