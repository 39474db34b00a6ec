import { toast } from "~/look/toast";
import type { AppState } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import { en, taskName } from "~/words";

/** What changes tasks. The lists follow from the journal; each says what came of it, unless `quiet`. */

export async function pauseTask({ host }: AppState, ref: TaskRef, quiet = false): Promise<void> {
  await host.request("tasks_pause", { path: ref, body: {} });
  if (!quiet) toast(en.task.pausing(taskName(ref.task)));
}

export async function resumeTask({ host }: AppState, ref: TaskRef): Promise<void> {
  await host.request("tasks_resume", { path: ref, body: {} });
  toast(en.task.resumed(taskName(ref.task)));
}

export async function stopTask({ host }: AppState, ref: TaskRef, quiet = false): Promise<void> {
  const { evidence } = await host.request("tasks_stop", { path: ref, body: {} });
  const left = evidence.left?.length ?? 0;
  if (left > 0) toast(en.task.stopLeft(taskName(ref.task), left), "problem");
  else if (!quiet) toast(en.task.stopped(taskName(ref.task), evidence.killed ?? 0));
}

export async function archiveTask({ host, tasks }: AppState, ref: TaskRef, quiet = false): Promise<void> {
  await host.request("tasks_archive", { path: ref, body: { archived: true } });
  tasks.forget(ref);
  if (!quiet) toast(en.task.archived(taskName(ref.task)));
}

export async function recoverTasks({ host }: AppState): Promise<void> {
  const { tasks, problems } = await host.request("system_recover", { body: {} });
  for (const problem of problems) toast(problem, "problem");
  toast(en.task.recovered(tasks.length));
}
