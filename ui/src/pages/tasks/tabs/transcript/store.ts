import type { Host } from "~/platform/host";
import type { RunView } from "~/platform/operations";
import { Value } from "~/platform/value";
import { onBack } from "~/state/back";
import { RunReader } from "./reader";
import type { Row, RunRow } from "./rows";

/** The runs of a task, one after the other, as rows. */
export class TranscriptStore {
  readonly rows: Row[] = [];
  /** Grows with each change of the rows. */
  readonly version = new Value(0);
  /** Rows that agents at work have added since the page was opened. */
  appended = 0;
  #readers: RunReader[] = [];
  #heads: { index: number; run: RunView }[] = [];
  #last = 0;
  #isRebuilt = false;
  #frame = 0;
  readonly #leave: () => void;

  constructor(readonly host: Host) {
    this.#leave = onBack(host.live, () => {
      for (const reader of this.#readers) reader.retry();
    });
  }

  /** The runs there are now, oldest first. */
  setRuns(runs: readonly RunView[]): void {
    const known = new Map(this.#readers.map((reader) => [reader.run.run, reader]));
    const isFirst = this.#readers.length === 0;
    this.#readers = runs.map((run) => {
      const reader = known.get(run.run) ?? this.#reader(run);
      const isNew = !known.has(run.run);
      reader.run = run;
      // What begins while the page is open is followed from its start.
      if (isNew && !isFirst) void reader.readEnd();
      return reader;
    });
    if (isFirst) void this.#readers.at(-1)?.readEnd();
    this.#changed(true);
  }

  get runs(): readonly RunView[] {
    return this.#readers.map((reader) => reader.run);
  }

  reader(run: string): RunReader | undefined {
    return this.#readers.find((reader) => reader.run.run === run);
  }

  /** Where a run begins. */
  indexOf(run: string): number {
    return this.#heads.find((head) => head.run.run === run)?.index ?? -1;
  }

  /** The run that a row belongs to. */
  runAt(index: number): RunView | undefined {
    return this.#heads.findLast((head) => head.index <= index)?.run;
  }

  /** Whether a use of a tool goes on. */
  isAtWork(row: Row): boolean {
    if (row.kind !== "tool" || row.result) return false;
    return this.#readers.some(({ run, tail }) => run.status === "running" && tail.atWork.includes(row));
  }

  /** Reads what is about to be seen; `isFromAbove`: the rows before the gap are seen, not those behind it. */
  need(row: RunRow, isFromAbove: boolean): void {
    const reader = this.reader(row.run.run);
    if (!reader || reader.problem) return;
    if (isFromAbove && reader.head.rows.length > 0) void reader.readOn();
    else void reader.readBack();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#leave();
    for (const reader of this.#readers) reader.stop();
  }

  #reader(run: RunView): RunReader {
    const reader: RunReader = new RunReader(this.host, run, (appended) => {
      this.appended += appended ?? 0;
      this.#changed(appended === undefined || this.#readers.at(-1) !== reader);
    });
    return reader;
  }

  /** Gathers changes until the next frame. */
  #changed(isRebuilt: boolean): void {
    this.#isRebuilt ||= isRebuilt;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#publish();
    });
  }

  #publish(): void {
    const last = this.#readers.at(-1);
    // The first row takes the place of the word that there are none.
    if (this.#isRebuilt || !last || this.#last === 0) this.#rebuild();
    // At the end of what is at work rows are only added.
    else for (const row of last.tail.rows.slice(this.#last)) this.rows.push(row);
    this.#last = last?.tail.rows.length ?? 0;
    this.#isRebuilt = false;
    this.version.set(this.version.get() + 1);
  }

  #rebuild(): void {
    this.rows.length = 0;
    this.#heads = [];
    for (const reader of this.#readers) {
      const { run, ids } = reader;
      const stand = (kind: RunRow["kind"], id: number) =>
        this.rows.push({ kind, id, run, revision: revisionOf(reader) });
      this.#heads.push({ index: this.rows.length, run });
      stand("head", ids.head);
      for (const row of reader.head.rows) this.rows.push(row);
      if (!reader.isWhole) stand("gap", ids.gap);
      for (const row of reader.tail.rows) this.rows.push(row);
      if (hasFailed(run)) stand("outcome", ids.end);
      else if (reader.isWhole && reader.tail.rows.length === 0) stand("none", ids.end);
    }
  }
}

const hasFailed = (run: RunView) => run.status !== "completed" && run.status !== "running";

/** Says whether what stands around the rows of a run is to be drawn again. */
function revisionOf({ run, problem, tail }: RunReader): number {
  return (run.ended_at ? 1 : 0) + (problem ? 2 : 0) + (tail.rows.length === 0 ? 4 : 0);
}
