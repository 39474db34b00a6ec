import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { RunView, TaskView } from "~/platform/operations";
import { Value } from "~/platform/value";
import type { Follower } from "./journal";
import { keyOf } from "./keys";

/** The run that each task is at, where one is at work. */
export class RunsStore implements Follower {
  readonly value = new Value<ReadonlyMap<string, RunView>>(new Map());

  constructor(readonly host: Host) {}

  async load(): Promise<void> {
    const { items } = await this.host.request("runs_list", { query: { status: "running", limit: 500 } });
    this.value.set(new Map(items.map((run) => [keyOf(run), run])));
  }

  apply(changes: Change[]): void {
    const next = new Map(this.value.get());
    for (const { run, task, kind } of changes) {
      if (run?.status === "running") next.set(keyOf(run), run);
      else if (run || kind === "task.deleted" || task.ended_at) next.delete(keyOf(task));
    }
    this.value.set(next);
  }

  failed(): void {}
}

/** Tasks whose agent does nothing, whatever was told of its run last: it is frozen, or nobody watches it. */
const STILL: ReadonlySet<TaskView["status"]> = new Set(["paused", "interrupted"]);

/** Since when a run stands still that has not ended. */
export function stillSince(task: Pick<TaskView, "status" | "updated_at">): string | undefined {
  return STILL.has(task.status) ? (task.updated_at ?? undefined) : undefined;
}
