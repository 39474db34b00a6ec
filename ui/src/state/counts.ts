import type { AttentionItem, TaskView } from "~/platform/operations";
import { keyOf } from "./keys";

/** What the strip counts. A task is in one of them at most. */
export type Bucket = "need" | "running" | "quota" | "queued" | "paused";
export const BUCKETS: Bucket[] = ["need", "running", "quota", "queued", "paused"];

export type Counts = Record<Bucket, number>;

const OF_STATUS: Partial<Record<TaskView["status"], Bucket>> = {
  running: "running",
  stopping: "running",
  waiting_quota: "quota",
  queued: "queued",
  waiting: "queued",
  paused: "paused",
};

export function bucketOf(task: TaskView, needy: ReadonlySet<string>): Bucket | undefined {
  return needy.has(keyOf(task)) ? "need" : OF_STATUS[task.status];
}

export function needyOf(items: readonly AttentionItem[]): ReadonlySet<string> {
  return new Set(items.map(keyOf));
}

export function countsOf(tasks: Iterable<TaskView>, items: readonly AttentionItem[]): Counts {
  const needy = needyOf(items);
  const counts: Counts = { need: needy.size, running: 0, quota: 0, queued: 0, paused: 0 };
  for (const task of tasks) {
    const bucket = bucketOf(task, needy);
    if (bucket && bucket !== "need") counts[bucket] += 1;
  }
  return counts;
}
