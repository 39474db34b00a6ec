import type { AttentionItem, ProjectView, RunView, TaskView } from "~/platform/operations";
import { taskName } from "~/words";
import { type Bucket, bucketOf, needyOf } from "./counts";
import { hasEnded, keyOf } from "./keys";

/** A line of the tree. */
export type Row =
  | { kind: "project"; id: string; project: string; source?: string | null }
  | { kind: "task"; id: string; task: TaskView; depth: number }
  | { kind: "run"; id: string; run: RunView; task: TaskView; depth: number; latest: boolean }
  | { kind: "finished"; id: string; project: string; count: number; isOpen: boolean };

export type TreeInput = {
  tasks: Iterable<TaskView>;
  projects: readonly ProjectView[];
  attention: readonly AttentionItem[];
  filter: string;
  show?: Bucket;
  /** Projects whose finished tasks are shown. */
  open: Readonly<Record<string, boolean>>;
  /** The selected task and its runs: its runs are shown below it. */
  selected?: string;
  runs?: readonly RunView[];
};

/** Project, its tasks, below each the selected one's runs and its children; what is finished is folded. */
export function rowsOf(input: TreeInput): Row[] {
  const shown = [...input.tasks].filter(filterOf(input));
  const byProject = groups(shown, (task) => task.project);
  const byParent = groups(shown, (task) => parentIn(task, shown.length > 0 ? byProject : undefined));
  const sources = new Map(input.projects.map((project) => [project.project, project.source]));
  const order = [...byProject.keys()].sort(
    (a, b) => rank(byProject.get(b)) - rank(byProject.get(a)) || a.localeCompare(b),
  );
  return order.flatMap((project) => [
    { kind: "project" as const, id: `p:${project}`, project, source: sources.get(project) },
    ...projectRows(input, project, byParent.get(`${project}:`) ?? [], byParent),
  ]);
}

function projectRows(
  input: TreeInput,
  project: string,
  tops: TaskView[],
  byParent: Map<string, TaskView[]>,
): Row[] {
  const isFiltered = input.filter !== "" || input.show !== undefined;
  const live = tops.filter((task) => !hasEnded(task) || isFiltered);
  const ended = isFiltered ? [] : tops.filter(hasEnded);
  const isOpen = input.open[`finished:${project}`] ?? false;
  const rows = live.sort(newest).flatMap((task) => taskRows(input, task, 0, byParent));
  const visible = isOpen ? ended : ended.filter((task) => keyOf(task) === input.selected);
  if (ended.length > 0)
    rows.push({ kind: "finished", id: `f:${project}`, project, count: ended.length, isOpen });
  return [...rows, ...visible.sort(newest).flatMap((task) => taskRows(input, task, 0, byParent))];
}

function taskRows(input: TreeInput, task: TaskView, depth: number, byParent: Map<string, TaskView[]>): Row[] {
  const key = keyOf(task);
  const rows: Row[] = [{ kind: "task", id: `t:${key}`, task, depth }];
  if (key === input.selected) {
    const runs = (input.runs ?? []).slice(-6);
    for (const run of runs) {
      rows.push({
        kind: "run",
        id: `r:${run.run}`,
        run,
        task,
        depth: depth + 1,
        latest: run === runs.at(-1),
      });
    }
  }
  // A chain of parents that leads back to itself would never end.
  if (depth < 8) {
    for (const child of byParent.get(key) ?? []) rows.push(...taskRows(input, child, depth + 1, byParent));
  }
  return rows;
}

function parentIn(task: TaskView, byProject: Map<string, TaskView[]> | undefined): string {
  const parent = task.parent_task;
  if (!parent || !byProject) return `${task.project}:`;
  const project = parent.slice(0, parent.indexOf("/"));
  return byProject.has(project) && keys(byProject, project).has(parent) ? parent : `${task.project}:`;
}

const keyCache = new WeakMap<TaskView[], Set<string>>();

function keys(byProject: Map<string, TaskView[]>, project: string): Set<string> {
  const tasks = byProject.get(project) ?? [];
  let found = keyCache.get(tasks);
  if (!found) {
    found = new Set(tasks.map(keyOf));
    keyCache.set(tasks, found);
  }
  return found;
}

function filterOf({ filter, show, attention }: TreeInput): (task: TaskView) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const needy = needyOf(attention);
  return (task) => {
    if (show && bucketOf(task, needy) !== show) return false;
    if (words.length === 0) return true;
    const text =
      `${task.project} ${taskName(task.task)} ${task.title} ${task.agent ?? ""} ${task.status.replace("_", " ")}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

function groups(tasks: TaskView[], of: (task: TaskView) => string): Map<string, TaskView[]> {
  const found = new Map<string, TaskView[]>();
  for (const task of tasks) {
    const key = of(task);
    const group = found.get(key);
    if (group) group.push(task);
    else found.set(key, [task]);
  }
  return found;
}

/** Projects in which something goes on come first. */
function rank(tasks: TaskView[] | undefined): number {
  return tasks?.some((task) => !hasEnded(task)) ? 1 : 0;
}

function newest(a: TaskView, b: TaskView): number {
  return (b.created_at ?? "").localeCompare(a.created_at ?? "");
}
