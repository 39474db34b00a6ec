import { toast } from "~/look/toast";
import { navigate } from "~/route";
import type { AppState } from "~/state/app";
import { hasEnded, isPausable, type TaskRef } from "~/state/keys";
import { en, taskName } from "~/words";
import type { Action, ActionContext } from "./action";
import { archiveTask, pauseTask, recoverTasks, resumeTask, stopTask } from "./do";
import { ask } from "./overlay";

const selectedTask = ({ app, selected }: ActionContext) => (selected ? app.tasks.get(selected) : undefined);

/** An action on the open task, where the page may change things and the task is of a kind. */
function onTask(
  id: string,
  title: string,
  isFit: (task: NonNullable<ReturnType<typeof selectedTask>>) => boolean,
  run: (app: AppState, ref: TaskRef) => void | Promise<void>,
  keys?: string,
): Action {
  return {
    id: `task.${id}`,
    title,
    group: "task",
    keys,
    when: (context) => {
      const task = selectedTask(context);
      return context.mayChange && task !== undefined && isFit(task);
    },
    run: ({ app, selected }) => (selected ? run(app, selected) : undefined),
  };
}

/** What is done with the open task. */
export const TASK: Action[] = [
  onTask("pause", en.task.pause, isPausable, pauseTask),
  onTask("resume", en.task.resume, ({ status }) => status === "paused" || RESUMABLE.has(status), resumeTask),
  onTask(
    "recover",
    en.task.recover,
    ({ status }) => status === "interrupted",
    (app) => recoverTasks(app),
  ),
  onTask(
    "stop",
    en.task.stop,
    (task) => !hasEnded(task) && task.status !== "stopping",
    (app, ref) =>
      ask({
        title: en.task.stopTitle(taskName(ref.task)),
        text: en.task.stopText,
        confirm: en.task.stopConfirm,
        danger: true,
        run: () => stopTask(app, ref),
      }),
  ),
  onTask("archive", en.task.archive, hasEnded, archiveTask),
  onTask(
    "duplicate",
    en.task.duplicate,
    () => true,
    (_, { project, task }) => navigate({ page: "new", query: { from: `${project}/${task}` } }),
  ),
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
    id: "task.takeover",
    title: en.task.takeOver,
    group: "task",
    when: ({ app, selected, mayChange }) => Boolean(mayChange && selected && app.host.capabilities.takeOver),
    run: ({ app, selected }) => (selected ? app.host.capabilities.takeOver?.(selected) : undefined),
  },
];

const RESUMABLE = new Set(["stopped", "failed", "timed_out"]);

const all = ({ app }: ActionContext) => [...app.tasks.value.get().byKey.values()];
const named = (tasks: TaskRef[]) => {
  const names = tasks.slice(0, 8).map(({ task }) => taskName(task));
  return names.join(", ") + (tasks.length > 8 ? en.bulk.andMore(tasks.length - 8) : "");
};

/** What is done with many tasks at once; each says how many, and which. */
export const BULK: Action[] = [
  {
    id: "all.pause",
    title: (context) => en.actions.pauseAll(all(context).filter(isPausable).length),
    group: "all",
    when: (context) => context.mayChange && all(context).some(isPausable),
    run: (context) => {
      const tasks = all(context).filter(isPausable);
      ask({
        title: en.confirm.pauseAllTitle(tasks.length),
        text: en.confirm.pauseAllText(named(tasks)),
        confirm: en.confirm.pauseAll(tasks.length),
        run: () => each(tasks, (ref) => pauseTask(context.app, ref, true), en.bulk.paused),
      });
    },
  },
  {
    id: "all.stop",
    title: (context) => en.actions.stopAll(all(context).filter((task) => !hasEnded(task)).length),
    group: "all",
    when: (context) => context.mayChange && all(context).some((task) => !hasEnded(task)),
    run: (context) => {
      const tasks = all(context).filter((task) => !hasEnded(task));
      ask({
        title: en.confirm.stopAllTitle(tasks.length),
        text: en.confirm.stopAllText(named(tasks)),
        confirm: en.confirm.stopAll(tasks.length),
        danger: true,
        run: () => each(tasks, (ref) => stopTask(context.app, ref, true), en.bulk.stopped),
      });
    },
  },
  {
    id: "all.archive",
    title: (context) =>
      en.actions.archiveEnded(all(context).filter(({ status }) => status === "completed").length),
    group: "all",
    when: (context) => context.mayChange && all(context).some(({ status }) => status === "completed"),
    run: (context) => {
      const tasks = all(context).filter(({ status }) => status === "completed");
      ask({
        title: en.confirm.archiveTitle(tasks.length),
        text: en.confirm.archiveText,
        confirm: en.confirm.archive(tasks.length),
        run: () => each(tasks, (ref) => archiveTask(context.app, ref, true), en.bulk.archived),
      });
    },
  },
];

/** Does it to each, a few at a time, and says how it went. */
async function each(tasks: TaskRef[], work: (ref: TaskRef) => Promise<void>, said: (n: number) => string) {
  const waiting = [...tasks];
  const failures: string[] = [];
  const worker = async () => {
    for (let ref = waiting.shift(); ref; ref = waiting.shift()) {
      await work(ref).catch((error: Error) => failures.push(error.message));
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  toast(said(tasks.length - failures.length));
  if (failures[0]) toast(en.bulk.failed(failures.length, failures[0]), "problem");
}
