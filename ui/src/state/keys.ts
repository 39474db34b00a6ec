import type { TaskView } from "~/platform/operations";

/** Names a task. */
export type TaskRef = { project: string; task: string };

/** `project/task`: what maps are keyed by. */
export function keyOf({ project, task }: TaskRef): string {
  return `${project}/${task}`;
}

export function refOf(key: string): TaskRef {
  const cut = key.indexOf("/");
  return { project: key.slice(0, cut), task: key.slice(cut + 1) };
}

const ENDED: ReadonlySet<TaskView["status"]> = new Set(["completed", "failed", "stopped", "timed_out"]);

export function hasEnded(task: Pick<TaskView, "status">): boolean {
  return ENDED.has(task.status);
}

const AT_WORK: ReadonlySet<TaskView["status"]> = new Set([
  "running",
  "queued",
  "waiting",
  "waiting_quota",
  "stopping",
]);

/** Whether it goes on by itself: at work, in the queue, or waiting for something else than a person. */
export function isAtWork(task: Pick<TaskView, "status">): boolean {
  return AT_WORK.has(task.status);
}

/** Whether its agent could be frozen. */
export function isPausable(task: Pick<TaskView, "status">): boolean {
  return ["running", "queued", "waiting", "waiting_quota"].includes(task.status);
}

/** Whether a person froze it. */
export function isPaused(task: Pick<TaskView, "status">): boolean {
  return task.status === "paused";
}

const RESUMABLE: ReadonlySet<TaskView["status"]> = new Set(["paused", "stopped", "failed", "timed_out"]);

/** Whether it could go on as it is. */
export function isResumable(task: Pick<TaskView, "status">): boolean {
  return RESUMABLE.has(task.status);
}
