import { toast } from "~/look/toast";
import type { Schema } from "~/platform/operations";
import { navigate, toTask } from "~/route";
import type { AppState } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import { en, taskName } from "~/words";

/** What changes tasks. The lists follow from the journal; each says what came of it, unless `quiet`. */

type Stop = Schema<"Stop">;
export type StoppedView = Schema<"StoppedView">;

const pathOf = ({ project, task }: TaskRef) => ({ project, task });

export async function pauseTask({ host }: AppState, ref: TaskRef, quiet = false): Promise<void> {
  await host.request("tasks_pause", { path: pathOf(ref), body: { after_turn: false } });
  if (!quiet) toast(en.task.pausing(taskName(ref.task)));
}

/** Lets the agent end its turn first; no process is left then. */
export async function pauseAfterTurn({ host, tasks }: AppState, ref: TaskRef): Promise<void> {
  await host.request("tasks_pause", { path: pathOf(ref), body: { after_turn: true } });
  tasks.pauses(ref, true);
  toast(en.doing.pausingAfter(taskName(ref.task)));
}

/** Goes on; by another agent where one is named. */
export async function resumeTask(
  { host, tasks }: AppState,
  ref: TaskRef,
  { agent, quiet = false }: { agent?: string; quiet?: boolean } = {},
): Promise<void> {
  const { granted } = await host.request("tasks_resume", { path: pathOf(ref), body: { agent } });
  tasks.pauses(ref, false);
  if (quiet) return;
  const name = taskName(ref.task);
  if (granted) toast(en.doing.granted(name, granted));
  else toast(agent ? en.doing.said.handedOver(name, agent) : en.task.resumed(name));
}

/** Answers when it was looked whether anything is left; what is left is in the answer. */
export async function stopTask({ host }: AppState, ref: TaskRef, how: Stop): Promise<StoppedView> {
  return host.request("tasks_stop", { path: pathOf(ref), body: how });
}

export async function finishTask({ host }: AppState, ref: TaskRef, message?: string): Promise<void> {
  await host.request("tasks_done", { path: pathOf(ref), body: { message } });
  toast(en.doing.said.finished(taskName(ref.task)));
}

export async function archiveTask({ host, tasks }: AppState, ref: TaskRef, quiet = false): Promise<void> {
  await host.request("tasks_archive", { path: pathOf(ref), body: { archived: true } });
  tasks.forget(ref);
  if (!quiet) toast(en.task.archived(taskName(ref.task)));
}

/** Takes one out of what was put away. */
export async function takeOut({ host, tasks }: AppState, ref: TaskRef): Promise<void> {
  await host.request("tasks_archive", { path: pathOf(ref), body: { archived: false } });
  await tasks.take(ref);
  toast(en.doing.said.takenOut(taskName(ref.task)));
}

export async function deleteTask({ host, tasks }: AppState, ref: TaskRef): Promise<void> {
  await host.request("tasks_delete", { path: pathOf(ref) });
  tasks.forget(ref);
  toast(en.doing.said.removed(taskName(ref.task)));
}

export async function recoverTasks({ host }: AppState): Promise<void> {
  const { tasks, problems } = await host.request("system_recover", { body: {} });
  for (const problem of problems) toast(problem, "problem");
  toast(en.task.recovered(tasks.length));
}

/** A scripted agent at work, in a project of its own. */
export async function startDemo({ host }: AppState): Promise<void> {
  const { project, task } = await host.request("tasks_demo", { body: {} });
  navigate(toTask(project, task));
}

/** Does it to each, four at a time; returns how each that failed did. */
export async function each<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<{ item: T; error: unknown }[]> {
  const waiting = [...items];
  const failures: { item: T; error: unknown }[] = [];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const current = item;
      await work(current).catch((error: unknown) => failures.push({ item: current, error }));
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return failures;
}
