import { Value } from "~/platform/value";
import type { Row } from "./rows";
import type { TranscriptStore } from "./store";
import { textOf } from "./text";

/** Milliseconds of work after which the page gets its turn. */
const SLICE = 6;
/** Milliseconds between two words of what was found. */
const TELL = 120;
/** Bytes that are read at once: what becomes rows within a few frames. */
const PART = 320 * 1024;
/** Rows at the end that may still change while an agent is at work. */
const TAIL = 500;

export type RowFinds = {
  /** The rows that hold it, by their ids, in their order. */
  ids: readonly number[];
  /** Part of the rows that was searched, 0 to 1. */
  part: number;
  isDone: boolean;
};

/**
 * Looks through all rows of a transcript, also those that are folded or not loaded yet, a slice at a time, and through
 * what comes while it is open. Letters are found in either case.
 */
export class TranscriptSearch {
  readonly value = new Value<RowFinds>({ ids: [], part: 0, isDone: false });
  readonly #pattern: RegExp;
  /** What was searched: a row by its id, and the revision of it. */
  readonly #known = new Map<number, number>();
  readonly #found = new Set<number>();
  readonly #leave: () => void;
  #told = 0;
  #isStopped = false;
  #isWorking = false;
  #isDirty = false;

  constructor(
    readonly store: TranscriptStore,
    text: string,
  ) {
    this.#pattern = patternOf(text);
    this.#leave = store.version.watch(() => this.#look());
  }

  /** Searches what is there, then reads and searches the rest. */
  async run(): Promise<void> {
    this.#look();
    for (const run of this.store.runs.toReversed()) {
      const reader = this.store.reader(run.run);
      while (reader && !reader.isWhole && !reader.problem && !this.#isStopped) {
        const before = reader.read;
        await reader.readBack(PART);
        // The page gets its turn. Where nothing came, another reading is under way.
        await pause(reader.read === before ? 50 : 0);
      }
    }
    await this.#settled();
    if (!this.#isStopped) this.value.set({ ...this.value.get(), part: 1, isDone: true });
  }

  stop(): void {
    this.#isStopped = true;
    this.#leave();
    if (!this.value.get().isDone) this.value.set({ ...this.value.get(), isDone: true });
  }

  async #settled(): Promise<void> {
    // Rows are given out with the next frame.
    await pause(40);
    while (this.#isWorking && !this.#isStopped) await pause(10);
  }

  #look(): void {
    this.#isDirty = true;
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#isDirty && !this.#isStopped) {
      this.#isDirty = false;
      await this.#pass();
    }
    this.#isWorking = false;
  }

  /** Searches what is new or changed among the rows there are. */
  async #pass(): Promise<void> {
    const { rows } = this.store;
    let began = performance.now();
    // From the end, which is what is seen.
    for (let index = rows.length - 1; index >= 0 && !this.#isStopped; index -= 1) {
      const row = rows[index];
      if (row === undefined) return;
      this.#search(row);
      if (performance.now() - began < SLICE) continue;
      if (performance.now() - this.#told > TELL) this.#tell();
      await pause(0);
      if (this.#isDirty && index < rows.length - TAIL) return;
      began = performance.now();
    }
    this.#tell();
  }

  #search(row: Row): void {
    if (this.#known.get(row.id) === row.revision) return;
    this.#known.set(row.id, row.revision);
    if (holds(row, this.#pattern)) this.#found.add(row.id);
    else this.#found.delete(row.id);
  }

  #tell(): void {
    this.#told = performance.now();
    const { rows } = this.store;
    const { ids, isDone } = this.value.get();
    const part = Math.min(1, this.#known.size / Math.max(1, rows.length));
    if (ids.length === this.#found.size && isDone) return;
    const next = rows.filter(({ id }) => this.#found.has(id)).map(({ id }) => id);
    this.value.set({ ids: next, part, isDone });
  }
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** What is looked for, as an expression that finds it in either case. */
export function patternOf(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
}

/** Whether a row says it, folded or not. */
export function holds(row: Row, pattern: RegExp): boolean {
  if (row.kind === "gap") return false;
  return pattern.test(textOf(row)) || (row.kind === "tool" && inputHolds(row.input, pattern));
}

function inputHolds(input: unknown, pattern: RegExp): boolean {
  if (typeof input === "string") return pattern.test(input);
  if (typeof input !== "object" || input === null) return pattern.test(String(input ?? ""));
  return Object.values(input).some((value) => inputHolds(value, pattern));
}
