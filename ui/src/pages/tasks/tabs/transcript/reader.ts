import type { ByteRange, FilePart, Host } from "~/platform/host";
import type { LiveEvent, Subscription } from "~/platform/live/live";
import type { RunView } from "~/platform/operations";
import { asProblem, isAborted, Problem } from "~/platform/problem";
import { eventsOf, firstLine, lastLine, parsedLines } from "./lines";
import { emptyPiece, extend, join, longLine, nextId, settleOrphans, type Usage } from "./rows";

/** Bytes that are read first, and at most at once: a line that is longer is passed over. */
const FIRST = 192 * 1024;
const MOST = 4 * 1024 * 1024;

/**
 * The events of one run: its end first, its beginning when it is asked for, what lies between when it is scrolled
 * to, and what comes while it is at work.
 */
export class RunReader {
  /** From the start of the file to `headEnd`. */
  head = emptyPiece();
  #headEnd = 0;
  /** From `tailStart` to the end; not known before the end was read. */
  tail = emptyPiece();
  #tailStart: number | undefined;
  problem: Problem | undefined;
  /** Names of the rows that stand around those of the events. */
  readonly ids = { head: nextId(), gap: nextId(), end: nextId() };
  #isReading = false;
  #isTooNarrow = false;
  /** Whether the part at the end begins in the middle of a line, and the bytes of that line there. */
  #isCut = false;
  #passed = 0;
  /** Whether a line is being written that is longer than is kept, and how much of it there is. */
  #isLong = false;
  #lost = 0;
  #step = FIRST;
  #rest = "";
  #subscription: Subscription | undefined;
  readonly #end = new AbortController();

  constructor(
    readonly host: Host,
    public run: RunView,
    /** Told how many rows were added at the end; nothing where other rows changed. */
    readonly changed: (appended?: number) => void,
  ) {}

  /** Whether everything from the start to the end is there. */
  get isWhole(): boolean {
    return this.#tailStart !== undefined && this.#headEnd >= this.#tailStart && !this.#isCut;
  }

  get isBegun(): boolean {
    return this.#tailStart !== undefined || this.#headEnd > 0;
  }

  /** Bytes that were read so far. */
  get read(): number {
    return this.#headEnd - (this.#tailStart ?? 0);
  }

  get usage(): Usage | undefined {
    return this.tail.usage ?? this.run.usage ?? undefined;
  }

  /** Reads the end of the run, and follows it while it is at work. */
  async readEnd(): Promise<void> {
    if (this.#tailStart !== undefined) return;
    await this.#reading(async () => {
      const part = await this.#file({ last: this.#step });
      const from = part.from > 0 ? firstLine(part.bytes) : 0;
      const to = lastLine(part.bytes);
      // A line that is longer than all that was read: more is read, or what is there of it is passed over.
      if (part.from > 0 && from >= to && part.bytes.length < Math.min(MOST, part.total)) return this.#wider();
      this.#isCut = part.from > 0 && to === 0;
      const end = this.#isCut ? part.bytes.length : to;
      const begin = from < to ? from : end;
      this.#tailStart = Math.max(part.from + begin, Math.min(this.#headEnd, part.from + end));
      this.tail = extend(emptyPiece(), eventsOf(part.bytes.subarray(this.#tailStart - part.from, end)));
      this.#close();
      this.#follow(part.from + end);
    });
  }

  /** Reads on from the beginning. A line that is too long is come to from behind. */
  async readOn(): Promise<void> {
    if (this.#tailStart === undefined) await this.readEnd();
    await this.#reading(async () => {
      const end = this.#tailStart ?? 0;
      if (this.isWhole) return;
      const part = await this.#file({ from: this.#headEnd, to: Math.min(end, this.#headEnd + this.#step) });
      const isAll = part.from + part.bytes.length >= end && !this.#isCut;
      const to = isAll ? part.bytes.length : lastLine(part.bytes);
      if (to === 0 && part.bytes.length > 0) return this.#wider();
      extend(this.head, eventsOf(part.bytes.subarray(0, to)));
      this.#headEnd += to;
      if (part.bytes.length === 0) this.#endAt(this.#headEnd);
      this.#step = Math.min(MOST, this.#step * 2);
      this.#close();
    });
  }

  /** Reads what comes before the part that is there at the end; so many bytes of it where a line fits into them. */
  async readBack(most = MOST): Promise<void> {
    if (this.#tailStart === undefined) return this.readEnd();
    await this.#reading(async () => {
      const to = this.#tailStart ?? 0;
      if (this.isWhole) return;
      const from = Math.max(this.#headEnd, to - Math.min(this.#step, most));
      const { bytes } = await this.#file({ from, to });
      // Less is there than was: nothing comes of asking again.
      if (bytes.length < to - from) this.#endAt(this.#headEnd);
      else if (!this.#take(bytes, from)) return this.#wider();
      this.#step = Math.min(MOST, this.#step * 2);
      this.#close();
    });
  }

  /** Puts the lines of bytes before the part at the end; no if not one begins in them, and more can be read. */
  #take(bytes: Uint8Array, from: number): boolean {
    const isFirst = from <= this.#headEnd;
    const end = this.#isCut ? lastLine(bytes) : bytes.length;
    const begin = isFirst ? 0 : Math.min(end, firstLine(bytes) || bytes.length);
    const isWithin = end === 0 || (begin === bytes.length && !isFirst && !this.#isCut);
    if (isWithin && !isFirst && !this.#isCut && bytes.length < MOST) return false;
    if (isWithin || this.#isCut) {
      this.#passed += isWithin ? bytes.length : bytes.length - end;
      this.#isCut = isWithin && !isFirst;
      if (!this.#isCut) this.#sayPassed();
    }
    const lines = isWithin ? bytes.subarray(0, 0) : bytes.subarray(begin, end);
    this.tail = join(extend(emptyPiece(), eventsOf(lines)), this.tail);
    this.#tailStart = from + (isWithin ? 0 : begin);
    return true;
  }

  /** Says where it was that a line was passed over, as soon as it is known how long it is. */
  #sayPassed(): void {
    this.tail = join({ ...emptyPiece(), rows: [longLine(this.#passed)] }, this.tail);
    this.#passed = 0;
  }

  /** The part at the end begins there, whatever was told of what is before it. */
  #endAt(start: number): void {
    if (this.#isCut && this.#passed > 0) this.#sayPassed();
    this.#isCut = false;
    this.#tailStart = start;
  }

  stop(): void {
    this.#end.abort();
    this.#subscription?.close();
  }

  /** What could not be read is asked for again. */
  retry(): void {
    if (!this.problem) return;
    this.problem = undefined;
    void this.readBack();
  }

  /** The head and the tail become one where they meet. */
  #close(): void {
    if (!this.isWhole) return;
    this.tail = join(this.head, this.tail);
    this.head = emptyPiece();
    settleOrphans(this.tail);
  }

  #wider(): void {
    this.#step = Math.min(MOST, this.#step * 4);
    this.#isTooNarrow = true;
  }

  async #reading(work: () => Promise<void>): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      await work();
      this.problem = undefined;
    } catch (error) {
      if (isAborted(error)) return;
      this.problem = asProblem(error);
    } finally {
      this.#isReading = false;
      if (this.#isTooNarrow) void this.readBack();
      this.#isTooNarrow = false;
      if (!this.#end.signal.aborted) this.changed();
    }
  }

  async #file(range: ByteRange): Promise<FilePart> {
    const { project, task, run } = this.run;
    const path = { project, task, run, name: "events.jsonl" };
    const signal = this.#end.signal;
    try {
      return await this.host.file("runs_file_of_task", { path, signal }, range);
    } catch (error) {
      // A run that reported nothing has no such file.
      if (!(error instanceof Problem) || error.code !== "not_found") throw error;
      return { bytes: new Uint8Array(), from: 0, total: 0, type: "" };
    }
  }

  #follow(after: number): void {
    if (this.run.status !== "running" || this.#end.signal.aborted) return;
    const { project, task, run } = this.run;
    const topic = { kind: "log", project, task, run, stream: "events" } as const;
    this.#subscription?.close();
    this.#rest = "";
    this.#isLong = this.#isCut;
    this.#lost = 0;
    this.#subscription = this.host.live.subscribe(topic, (event) => this.#hear(event), String(after));
  }

  #hear(event: LiveEvent): void {
    if (event.kind === "reset" || event.kind === "resync") return this.#again();
    if (event.kind === "problem") {
      this.problem = new Problem(event.data.code, event.data.message, event.data.hint);
      return this.changed();
    }
    if (event.kind !== "log") return;
    const before = this.tail.rows.length;
    this.#add(event.data.text ?? "");
    this.changed(this.tail.rows.length - before);
  }

  /** Takes what was written: rows are only added here, never put before others. */
  #add(text: string): void {
    if (this.#isLong) {
      const end = text.indexOf("\n") + 1;
      this.#lost += end || text.length;
      if (end === 0) return;
      this.tail.rows.push(longLine(this.#lost));
      this.#isLong = false;
      return this.#add(text.slice(end));
    }
    const all = this.#rest + text;
    const cut = all.lastIndexOf("\n") + 1;
    this.#rest = all.slice(cut);
    extend(this.tail, parsedLines(all.slice(0, cut)), this.isWhole);
    if (this.#rest.length <= MOST) return;
    this.#isLong = true;
    this.#lost = this.#rest.length;
    this.#rest = "";
  }

  /** The file is another one now: it follows from its start. */
  #again(): void {
    this.head = emptyPiece();
    this.tail = emptyPiece();
    this.#headEnd = 0;
    this.#tailStart = 0;
    this.#rest = "";
    this.#passed = 0;
    this.#isCut = false;
    this.#isLong = false;
    this.changed();
  }
}
