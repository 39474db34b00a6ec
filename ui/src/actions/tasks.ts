import { copy } from "~/look/copy";
import { toast } from "~/look/toast";
import type { TaskView } from "~/platform/operations";
import { asProblem } from "~/platform/problem";
import { navigate } from "~/route";
import type { AppState } from "~/state/app";
import { hasEnded, isPausable, isPaused, isResumable, keyOf, type TaskRef } from "~/state/keys";
import { en, taskName } from "~/words";
import type { Action, ActionContext } from "./action";
import { archiveTask, each, pauseAfterTurn, pauseTask, recoverTasks, resumeTask, takeOut } from "./do";
import { ask, taskDialog } from "./overlay";

const selectedTask = ({ app, selected }: ActionContext) => (selected ? app.tasks.get(selected) : undefined);
/** The open task, where it was put away. */
const shelvedTask = (context: ActionContext) =>
  context.selected && !selectedTask(context)
    ? context.app.tasks.shelved.get(keyOf(context.selected))
    : undefined;
type Task = NonNullable<ReturnType<typeof selectedTask>>;

/** An action on the open task, where the page may change things and the task is of a kind. */
function onTask(
  id: string,
  title: string,
  isFit: (task: Task, app: AppState) => boolean,
  run: (app: AppState, ref: TaskRef) => void | Promise<void>,
  /** Which tasks it is for: those in the lists, or also, or only, those that were put away. */
  which: "listed" | "all" | "shelved" = "listed",
): Action {
  return {
    id: `task.${id}`,
    title,
    group: "task",
    when: (context) => {
      const listed = which !== "shelved" && selectedTask(context);
      const task = listed || (which !== "listed" && shelvedTask(context));
      return context.mayChange && Boolean(task && isFit(task, context.app));
    },
    run: ({ app, selected }) => (selected ? run(app, selected) : undefined),
  };
}

const isStoppable = (task: Task) => !hasEnded(task) && task.status !== "stopping";

/** What is done with the open task. */
export const TASK: Action[] = [
  onTask("pause", en.task.pause, isPausable, pauseTask),
  onTask("pauseAfter", en.doing.pauseAfter, canPauseAfter, pauseAfterTurn),
  { ...onTask("resume", en.task.resume, canGoOn, handBack), title: resumeTitle },
  onTask(
    "recover",
    en.task.recover,
    ({ status }) => status === "interrupted",
    (app) => recoverTasks(app),
  ),
  onTask("handOver", en.doing.handOver, canBeHandedOver, (_, task) =>
    taskDialog.set({ kind: "handOver", task }),
  ),
  onTask("done", en.doing.done, isStoppable, (_, task) => taskDialog.set({ kind: "done", task })),
  onTask("stop", en.task.stop, isStoppable, (_, task) => taskDialog.set({ kind: "stop", tasks: [task] })),
  onTask(
    "duplicate",
    en.task.duplicate,
    () => true,
    (_, { project, task }) => navigate({ page: "new", query: { from: `${project}/${task}` } }),
    "all",
  ),
  onTask("takeOut", en.doing.away.takeOut, () => true, takeOut, "shelved"),
  onTask("archive", en.task.archive, hasEnded, (app, ref) => archiveTask(app, ref)),
  onTask("delete", en.doing.delete, hasEnded, (_, task) => taskDialog.set({ kind: "delete", task }), "all"),
  {
    id: "task.editor",
    title: en.task.openInEditor,
    group: "task",
    when: ({ app, selected }) => Boolean(selected && app.host.capabilities.openInEditor),
    run: async ({ app, selected }) => {
      if (!selected) return;
      const { cwd } = await app.host.request("tasks_show", { path: selected });
      await app.host.capabilities.openInEditor?.({ path: cwd });
    },
  },
  {
    id: "task.terminal",
    title: en.task.openTerminal,
    group: "task",
    when: ({ app, selected }) => Boolean(selected && app.host.capabilities.openTerminal),
    run: async ({ app, selected }) => {
      if (!selected) return;
      const { cwd } = await app.host.request("tasks_show", { path: selected });
      await app.host.capabilities.openTerminal?.(cwd);
    },
  },
  {
    id: "task.takeover",
    title: en.task.takeOver,
    group: "task",
    when: (context) =>
      Boolean(context.mayChange && hasRun(context) && context.app.host.capabilities.takeOver),
    run: async ({ app, selected }) => {
      if (!selected) return;
      toast(en.task.takingOver(taskName(selected.task)));
      await app.host.capabilities.takeOver?.(selected);
      taken.add(keyOf(selected));
    },
  },
  {
    id: "task.takeoverCommand",
    title: en.task.takeOverCommand,
    group: "task",
    when: (context) => hasRun(context) && !context.app.host.capabilities.takeOver,
    run: ({ selected }) =>
      selected ? copy(`run-agent takeover --open ${selected.task}`, en.task.takeOverCopied) : undefined,
  },
];

/** Tasks whose sessions are a person's, as far as this page knows. */
const taken = new Set<string>();

const hasRun = (context: ActionContext) => (selectedTask(context)?.runs ?? 0) > 0;

const isPausing = (task: TaskRef, app: AppState) => app.tasks.pausing.get().has(keyOf(task));

function canPauseAfter(task: Task, app: AppState): boolean {
  return task.status === "running" && !isPausing(task, app);
}

function canGoOn(task: Task, app: AppState): boolean {
  return isResumable(task) || isPausing(task, app);
}

function resumeTitle({ app, selected }: ActionContext): string {
  if (selected && isPausing(selected, app)) return en.doing.keepOn;
  return selected && taken.has(keyOf(selected)) ? en.task.handBack : en.task.resume;
}

async function handBack(app: AppState, ref: TaskRef): Promise<void> {
  await resumeTask(app, ref);
  taken.delete(keyOf(ref));
}

/** Whether another agent could take it up: nobody is in the middle of a turn. */
function canBeHandedOver({ status }: Task): boolean {
  return !["running", "queued", "waiting", "stopping"].includes(status);
}

const all = ({ app }: ActionContext) => [...app.tasks.value.get().byKey.values()];

/** The names of the first of some tasks, and how many more there are. */
export function named(tasks: readonly TaskRef[]): string {
  const names = tasks.slice(0, 8).map(({ task }) => taskName(task));
  return names.join(", ") + (tasks.length > 8 ? en.bulk.andMore(tasks.length - 8) : "");
}

/** Does something with all tasks of which it holds, after a second step that names them. */
function toAll(
  verb: "pause" | "resume",
  holds: (task: TaskView) => boolean,
  act: (app: AppState, ref: TaskRef) => Promise<void>,
  said: (n: number) => string,
): Action {
  const which = (context: ActionContext) => all(context).filter(holds);
  return {
    id: `all.${verb}`,
    title: (context) => en.actions[`${verb}All`](which(context).length),
    plainTitle: en.actions[`${verb}Each`],
    group: "all",
    when: (context) => context.mayChange && all(context).some(holds),
    run: (context) => {
      const tasks = which(context);
      ask({
        title: en.confirm[`${verb}AllTitle`](tasks.length),
        text: en.confirm[`${verb}AllText`](named(tasks)),
        confirm: en.confirm[`${verb}All`](tasks.length),
        run: async () => {
          const failures = await each(tasks, (ref) => act(context.app, ref));
          toast(said(tasks.length - failures.length));
          sayFirst(failures);
        },
      });
    },
  };
}

/** What is done with many tasks at once; each says how many, and which. */
export const BULK: Action[] = [
  toAll("pause", isPausable, (app, ref) => pauseTask(app, ref, true), en.bulk.paused),
  toAll("resume", isPaused, (app, ref) => resumeTask(app, ref, { quiet: true }), en.bulk.resumed),
  {
    id: "all.stop",
    title: (context) => en.actions.stopAll(all(context).filter(isStoppable).length),
    plainTitle: en.actions.stopEach,
    group: "all",
    when: (context) => context.mayChange && all(context).some(isStoppable),
    run: (context) => taskDialog.set({ kind: "stop", tasks: all(context).filter(isStoppable) }),
  },
  {
    id: "all.archive",
    title: en.doing.archiveSome,
    group: "all",
    when: (context) => context.mayChange && all(context).some(hasEnded),
    run: () => taskDialog.set({ kind: "putAway" }),
  },
  {
    id: "all.shelf",
    title: en.doing.archived,
    group: "all",
    run: () => taskDialog.set({ kind: "shelf" }),
  },
];

/** How many could not be, and why the first of them could not. */
export function sayFirst(failures: readonly { error: unknown }[]): void {
  const [first] = failures;
  if (first) toast(en.bulk.failed(failures.length, asProblem(first.error).message), "problem");
}
