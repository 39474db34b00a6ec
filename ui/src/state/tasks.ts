import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { Input, ProjectView, TaskView } from "~/platform/operations";
import type { Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import type { Follower } from "./journal";
import { keyOf, refOf, type TaskRef } from "./keys";

export type Tasks = {
  phase: "loading" | "ready" | "failed";
  problem?: Problem;
  /** By `project/task`. The map is the same one while `version` says that it changed. */
  byKey: ReadonlyMap<string, TaskView>;
  projects: readonly ProjectView[];
  version: number;
};

const PAGE = 500;

/** All tasks that are not put away, kept by the journal. */
export class TasksStore implements Follower {
  readonly value = new Value<Tasks>({ phase: "loading", byKey: new Map(), projects: [], version: 0 });
  /** Those that pause when their turn is over, as far as this page asked for it: the core does not tell. */
  readonly pausing = new Value<ReadonlySet<string>>(new Set());
  /** Those that were put away and were opened all the same. */
  readonly shelved = new Map<string, TaskView>();
  #byKey = new Map<string, TaskView>();

  constructor(readonly host: Host) {}

  get(ref: TaskRef): TaskView | undefined {
    return this.#byKey.get(keyOf(ref));
  }

  async load(): Promise<void> {
    const [{ items: projects }, byKey] = await Promise.all([
      this.host.request("projects_list", {}),
      this.#all({}),
    ]);
    this.#byKey = byKey;
    for (const key of this.pausing.get())
      if (byKey.get(key)?.status !== "running") this.pauses(refOf(key), false);
    this.#publish({ phase: "ready", problem: undefined, projects });
  }

  /** Whether it pauses when its turn is over. */
  pauses(ref: TaskRef, does: boolean): void {
    const next = new Set(this.pausing.get());
    if (does) next.add(keyOf(ref));
    else if (!next.delete(keyOf(ref))) return;
    this.pausing.set(next);
  }

  /** Finds one among those that were put away. */
  async findShelved(ref: TaskRef): Promise<TaskView | null> {
    const found = (await this.#all({ archived: true, project: ref.project })).get(keyOf(ref));
    if (found) this.shelved.set(keyOf(ref), found);
    return found ?? null;
  }

  async #all(which: NonNullable<Input<"tasks_list">["query"]>): Promise<Map<string, TaskView>> {
    const byKey = new Map<string, TaskView>();
    let cursor: string | undefined;
    do {
      const page = await this.host.request("tasks_list", { query: { ...which, limit: PAGE, cursor } });
      for (const task of page.items) byKey.set(keyOf(task), task);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return byKey;
  }

  apply(changes: Change[]): void {
    for (const { kind, task } of changes) {
      if (task.status !== "running") this.pauses(task, false);
      if (kind === "task.deleted" || kind === "task.archived") this.#byKey.delete(keyOf(task));
      else if (kind !== "task.attention") this.#byKey.set(keyOf(task), task);
    }
    this.#publish({});
    const { projects } = this.value.get();
    const isNew = (change: Change) => !projects.some((each) => each.project === change.task.project);
    if (changes.some(isNew)) void this.#projects();
  }

  failed(problem: Problem): void {
    const { phase } = this.value.get();
    // What was loaded stays readable while the way to the core is cut.
    if (phase !== "ready") this.#publish({ phase: "failed", problem });
  }

  /** Leaves out what was put away, before the journal tells of it. */
  forget(ref: TaskRef): void {
    if (this.#byKey.delete(keyOf(ref))) this.#publish({});
  }

  /** Takes in what was taken out of what was put away: the journal does not tell of it. */
  async take(ref: TaskRef): Promise<void> {
    const task = await this.host.request("tasks_show", { path: ref });
    // What the journal told meanwhile is newer.
    if (this.#byKey.has(keyOf(ref))) return;
    this.#byKey.set(keyOf(ref), task);
    this.#publish({});
  }

  async #projects(): Promise<void> {
    const { items } = await this.host.request("projects_list", {}).catch(() => ({ items: undefined }));
    if (items) this.#publish({ projects: items });
  }

  #publish(change: Partial<Tasks>): void {
    const before = this.value.get();
    this.value.set({ ...before, ...change, byKey: this.#byKey, version: before.version + 1 });
  }
}
