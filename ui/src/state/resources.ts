import type { Readable } from "~/platform/host";
import { backoff } from "~/platform/live/backoff";
import type { Change } from "~/platform/live/live";
import { asProblem, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import { batched } from "./batch";
import type { Follower } from "./journal";
import { keyOf, type TaskRef } from "./keys";

/** Something that was asked of the core. `data` stays while it is read again. */
export type Resource<T> = { data?: T; problem?: Problem; isLoading: boolean };

type Entry = {
  readable: Readable<Resource<unknown>>;
  value: Value<Resource<unknown>>;
  load: () => Promise<unknown>;
  users: number;
  of: string | undefined;
  turn: number;
  isStale: boolean;
  /** Failed first readings in a row, and the next one. */
  failures: number;
  again?: ReturnType<typeof setTimeout>;
};

/** What is refused for good, until something changes. */
const FINAL: ReadonlySet<string> = new Set(["not_found", "unauthorized", "forbidden", "usage", "conflict"]);

/** Answers of the core by name, read again when the task that they are of changes, and while they are shown. */
export class Resources implements Follower {
  readonly #entries = new Map<string, Entry>();
  readonly #stale = new Set<string>();
  readonly #reload = batched(() => this.#again(), 150);

  /** The answer under a name; it is asked for when the first user watches. `of`: the task that it is of. */
  of<T>(name: string, load: () => Promise<T>, of?: TaskRef): Readable<Resource<T>> {
    const task = of && keyOf(of);
    let entry = this.#entries.get(name);
    if (!entry) {
      const value = new Value<Resource<unknown>>({ isLoading: true });
      const watch = (listener: () => void) => this.#use(name, made, listener);
      const made: Entry = {
        readable: { get: value.get, watch },
        value,
        load,
        users: 0,
        of: task,
        turn: 0,
        isStale: true,
        failures: 0,
      };
      entry = made;
      this.#entries.set(name, made);
    }
    entry.load = load;
    return entry.readable as Readable<Resource<T>>;
  }

  async load(): Promise<void> {
    for (const [name, entry] of this.#entries) this.#spoil(name, entry);
  }

  apply(changes: Change[]): void {
    const changed = new Set(changes.map(({ task }) => keyOf(task)));
    for (const [name, entry] of this.#entries)
      if (entry.of && changed.has(entry.of)) this.#spoil(name, entry);
  }

  failed(): void {}

  /** Reads again what was changed from here. */
  invalidate(name: string): void {
    const entry = this.#entries.get(name);
    if (entry) this.#spoil(name, entry);
  }

  /** Reads again what could not be read. */
  retry(): void {
    for (const [name, entry] of this.#entries) if (entry.value.get().problem) this.#spoil(name, entry);
  }

  stop(): void {
    this.#reload.cancel();
    for (const entry of this.#entries.values()) clearTimeout(entry.again);
  }

  #use(name: string, entry: Entry, listener: () => void): () => void {
    const leave = entry.value.watch(listener);
    entry.users += 1;
    // One that was dropped when its last user left, and is used again by who still holds it.
    if (!this.#entries.has(name)) this.#entries.set(name, entry);
    if (entry.isStale) void this.#ask(entry);
    return () => {
      leave();
      entry.users -= 1;
      if (entry.users === 0) entry.isStale = true;
      setTimeout(
        () => entry.users === 0 && this.#entries.get(name) === entry && this.#entries.delete(name),
        30_000,
      );
    };
  }

  #spoil(name: string, entry: Entry): void {
    entry.isStale = true;
    if (entry.users === 0) return;
    this.#stale.add(name);
    this.#reload();
  }

  #again(): void {
    for (const name of this.#stale) {
      const entry = this.#entries.get(name);
      if (entry && entry.users > 0) void this.#ask(entry);
    }
    this.#stale.clear();
  }

  #later(entry: Entry): void {
    const wait = backoff(entry.failures++, Math.random);
    entry.again = setTimeout(() => entry.users > 0 && void this.#ask(entry), wait);
  }

  async #ask(entry: Entry): Promise<void> {
    const turn = ++entry.turn;
    entry.isStale = false;
    clearTimeout(entry.again);
    const set = (next: Resource<unknown>) => entry.turn === turn && entry.value.set(next);
    try {
      set({ data: await entry.load(), isLoading: false });
      entry.failures = 0;
    } catch (error) {
      const problem = asProblem(error);
      set({ ...entry.value.get(), problem, isLoading: false });
      const isFirst = entry.turn === turn && entry.value.get().data === undefined;
      // What was read before is shown meanwhile, and read again with the next change.
      if (isFirst && !FINAL.has(problem.code)) this.#later(entry);
    }
  }
}
