import type { Host } from "~/platform/host";
import { asProblem, isAborted, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import type { ChangesView } from "~/state/changes";
import type { TaskRef } from "~/state/keys";
import { linesOf, type PatchLine } from "./patch";

/** Lines around what changed where the whole file is wanted: as many as the core gives. */
const WHOLE = 10_000;

/** What changed in a file that is unfolded. */
export type Diff = {
  lines: readonly PatchLine[];
  /** Names the first line; the others follow. */
  firstId: number;
  isWhole: boolean;
  isLoading: boolean;
  isCut: boolean;
  isLossy: boolean;
  /** Characters that were told. */
  size: number;
  problem?: Problem;
};

type Open = Diff & { /** The state of the folder that was asked for. */ of: string; turn: number };

const FRESH = { lines: [], firstId: 0, isLoading: true, isCut: false, isLossy: false, size: 0, turn: 0 };

let ids = 0;

/** The diffs of the files that are unfolded. They are asked for one after the other. */
export class Diffs {
  /** Grows with each change. */
  readonly version = new Value(0);
  readonly #open = new Map<string, Open>();
  readonly #end = new AbortController();
  #state = "";
  #work: Promise<void> = Promise.resolve();

  constructor(
    readonly host: Host,
    readonly task: TaskRef,
  ) {}

  get count(): number {
    return this.#open.size;
  }

  of(path: string): Diff | undefined {
    return this.#open.get(path);
  }

  /** What changed is this now: what is unfolded is asked for again where the folder is another one. */
  take(view: ChangesView): void {
    const state = stateOf(view);
    if (state === this.#state) return;
    this.#state = state;
    const there = new Set(view.files.map(({ path }) => path));
    let isChanged = false;
    for (const path of [...this.#open.keys()]) {
      if (there.has(path)) this.#ask(path);
      else isChanged = this.#open.delete(path);
    }
    if (isChanged) this.#changed();
  }

  unfold(path: string, isWhole = this.#open.get(path)?.isWhole ?? false): void {
    const before = this.#open.get(path);
    if (before && before.isWhole === isWhole && !before.problem) return;
    this.#open.set(path, { ...(before ?? FRESH), isWhole, isLoading: true, problem: undefined, of: "" });
    this.#ask(path);
    this.#changed();
  }

  fold(path: string): void {
    if (this.#open.delete(path)) this.#changed();
  }

  foldAll(): void {
    this.#open.clear();
    this.#changed();
  }

  stop(): void {
    this.#end.abort();
  }

  #ask(path: string): void {
    const open = this.#open.get(path);
    if (!open || open.of === this.#state) return;
    const turn = open.turn + 1;
    const { isWhole } = open;
    this.#open.set(path, { ...open, of: this.#state, turn });
    this.#work = this.#work.then(async () => {
      const isWanted = () => this.#open.get(path)?.turn === turn && !this.#end.signal.aborted;
      if (!isWanted()) return;
      const told = await this.#read(path, isWhole);
      const now = this.#open.get(path);
      if (!told || !now || !isWanted()) return;
      this.#open.set(path, { ...now, ...told, isLoading: false });
      this.#changed();
    });
  }

  async #read(path: string, isWhole: boolean): Promise<Partial<Diff> | undefined> {
    const { project, task } = this.task;
    try {
      const { text, cut, lossy } = await this.host.request("tasks_patch", {
        path: { project, task },
        query: { path, context: isWhole ? WHOLE : undefined },
        signal: this.#end.signal,
      });
      const lines = linesOf(text);
      const firstId = ids;
      ids += lines.length;
      return { lines, firstId, isCut: cut, isLossy: lossy, size: text.length, problem: undefined };
    } catch (error) {
      return isAborted(error) ? undefined : { problem: asProblem(error) };
    }
  }

  #changed(): void {
    this.version.set(this.version.get() + 1);
  }
}

function stateOf({ since, until, totals }: ChangesView): string {
  return [since?.at, until?.at, until?.commit, totals.added, totals.removed, totals.files].join(" ");
}
