import type { LiveEvent, Subscription } from "~/platform/live/live";
import { asProblem, isAborted, Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import { type Line, linesOf, WIDEST } from "./lines";
import type { Source } from "./source";

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;
/** Bytes that are kept: what is far from what is seen is dropped. */
const KEEP = 3 * 1024 * 1024;
const NEWLINE = 10;
const encoder = new TextEncoder();

export type Reset = { reason: string; at: number };

/** The lines around what is seen of a file of any size, and its end while that is followed. */
export class LogWindow {
  lines: Line[] = [];
  /** Bytes of the file. */
  total = 0;
  /** Grows with each change. */
  readonly version = new Value(0);
  /** Whether the end is in view. */
  isFollowing = true;
  /** Lines that came since it was opened. */
  appended = 0;
  problem: Problem | undefined;
  reset: Reset | undefined;
  isLoaded = false;
  /** The place that is to be seen, until it is. */
  wanted: { offset: number } | "end" | undefined = "end";
  #work: AbortController | undefined;
  #subscription: Subscription | undefined;
  #frame = 0;
  #isStopped = false;

  constructor(
    readonly source: Source,
    readonly now: () => number,
  ) {}

  get start(): number {
    return this.lines[0]?.offset ?? 0;
  }

  get end(): number {
    const last = this.lines.at(-1);
    return last ? last.offset + last.bytes : 0;
  }

  /** Whether the end of the file is there. */
  get hasEnd(): boolean {
    return this.end >= this.total;
  }

  /** Whether all of it is there. */
  get isWhole(): boolean {
    return this.start === 0 && this.hasEnd;
  }

  /** Shows the end. */
  async toEnd(): Promise<void> {
    this.wanted = "end";
    if (this.isLoaded && this.hasEnd) return this.#changed();
    await this.#reading(async (signal) => {
      const part = await this.source.read({ last: CHUNK }, signal);
      this.total = part.total;
      const from = part.from > 0 ? beginOf(part.bytes) : 0;
      this.lines = linesOf(part.bytes.subarray(from), part.from + from);
      this.#follow(part.from + part.bytes.length);
    });
  }

  /** Shows the line at a place. */
  async toOffset(offset: number): Promise<void> {
    this.wanted = { offset };
    if (this.isLoaded && offset >= this.start && (offset < this.end || this.hasEnd)) return this.#changed();
    await this.#reading(async (signal) => {
      const from = Math.max(0, offset - CHUNK / 2);
      const part = await this.source.read({ from, to: from + CHUNK }, signal);
      this.total = Math.max(this.total, part.total);
      const begin = from > 0 ? beginOf(part.bytes.subarray(0, offset - from)) : 0;
      this.lines = this.#wholeOf(part.bytes.subarray(begin), from + begin);
      if (!this.isLoaded) this.#follow(part.total);
    });
  }

  /** Reads what comes before. */
  async readBack(): Promise<void> {
    const to = this.start;
    if (!this.isLoaded || to === 0 || this.#work) return;
    await this.#reading(async (signal) => {
      const from = Math.max(0, to - CHUNK);
      const part = await this.source.read({ from, to }, signal);
      const begin = from > 0 ? beginOf(part.bytes) : 0;
      const before = linesOf(part.bytes.subarray(begin), from + begin);
      const [first, ...rest] = this.lines;
      const isContinued = before.at(-1)?.isEnded === false;
      const after = first && isContinued ? [{ ...first, isContinued }, ...rest] : this.lines;
      this.lines = this.#kept([...before, ...after], "start");
    });
  }

  /** Reads what comes after. */
  async readOn(): Promise<void> {
    if (!this.isLoaded || this.hasEnd || this.#work) return;
    await this.#reading(async (signal) => {
      const from = this.end;
      const part = await this.source.read({ from, to: from + CHUNK }, signal);
      this.total = Math.max(this.total, part.total);
      const more = this.#wholeOf(part.bytes, from, this.lines.at(-1));
      if (more.length === 0) this.total = from;
      this.lines = this.#kept([...this.lines, ...more], "end");
    });
  }

  indexOf(offset: number): number {
    let [low, high] = [0, this.lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lines[middle]?.offset ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.lines.length > 0 ? low : -1;
  }

  retry(): void {
    this.problem = undefined;
    const { wanted } = this;
    void (wanted && wanted !== "end" ? this.toOffset(wanted.offset) : this.toEnd());
  }

  stop(): void {
    this.#isStopped = true;
    this.#work?.abort();
    this.#subscription?.close();
    cancelAnimationFrame(this.#frame);
  }

  /** Lines of bytes of which the last may be cut: it is left for the next read, unless the file ends there. */
  #wholeOf(bytes: Uint8Array, from: number, after?: Line): Line[] {
    const lines = linesOf(bytes, from, after);
    const isCut = from + bytes.length < this.total && lines.length > 1 && !lines.at(-1)?.isEnded;
    return isCut ? lines.slice(0, -1) : lines;
  }

  /** Drops lines at the side that is far away. */
  #kept(lines: Line[], grown: "start" | "end"): Line[] {
    const bytes = (lines.at(-1)?.offset ?? 0) - (lines[0]?.offset ?? 0);
    if (bytes <= KEEP) return lines;
    if (grown === "end") {
      const from = (lines.at(-1)?.offset ?? 0) - KEEP;
      return lines.slice(lines.findIndex((line) => line.offset >= from));
    }
    const to = (lines[0]?.offset ?? 0) + KEEP;
    return lines.slice(0, lines.findLastIndex((line) => line.offset <= to) + 1);
  }

  async #reading(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#work?.abort();
    const control = new AbortController();
    this.#work = control;
    try {
      await work(control.signal);
      this.problem = undefined;
      this.isLoaded = true;
    } catch (error) {
      if (isAborted(error)) return;
      this.problem = asProblem(error);
    } finally {
      if (this.#work === control) this.#work = undefined;
      this.#changed();
    }
  }

  #follow(after: number): void {
    if (this.#isStopped || this.#subscription) return;
    this.#subscription = this.source.follow?.(after, (event) => this.#hear(event));
  }

  #hear(event: LiveEvent): void {
    if (event.kind === "problem") {
      this.problem = new Problem(event.data.code, event.data.message, event.data.hint);
    } else if (event.kind === "reset" || event.kind === "resync") {
      this.reset = { reason: event.kind === "reset" ? event.data.reason : "replaced", at: this.now() };
      this.lines = [];
      this.total = 0;
    } else if (event.kind === "log") {
      const { offset, text, base64 } = event.data;
      this.#append(offset, text === undefined ? decoded(base64 ?? "") : encoder.encode(text));
    } else return;
    this.#changed();
  }

  #append(offset: number, bytes: Uint8Array): void {
    if (offset + bytes.length <= this.total) return;
    const hadEnd = this.hasEnd && this.end === offset;
    this.total = offset + bytes.length;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.appended += 1;
    // Who reads elsewhere is not to lose what is read: what comes is only counted.
    if (!hadEnd || (!this.isFollowing && offset - this.start > 2 * KEEP)) return;
    const last = this.lines.at(-1);
    const [first, ...rest] = linesOf(bytes, offset, last);
    if (!first) return;
    if (last && !last.isEnded && last.bytes + first.bytes <= WIDEST) {
      this.lines[this.lines.length - 1] = joined(last, first);
    } else this.lines.push(first);
    for (const line of rest) this.lines.push(line);
    if (this.isFollowing && offset - this.start > 2 * KEEP) this.lines = this.#kept(this.lines, "end");
  }

  #changed(): void {
    if (this.#isStopped) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.version.set(this.version.get() + 1);
    });
  }
}

/**
 * Where lines begin in bytes that begin in the middle of one: after its end, or where a character begins, where that is
 * all there is of it.
 */
function beginOf(bytes: Uint8Array): number {
  const end = bytes.indexOf(NEWLINE) + 1;
  if (end > 0 && end < bytes.length) return end;
  return Math.max(
    0,
    bytes.findIndex((byte) => (byte & 0xc0) !== 0x80),
  );
}

/** A line and what came of it later; a new one, so that what draws it sees that it changed. */
function joined(line: Line, more: Line): Line {
  const text = line.text + more.text;
  const shown = more.isEnded && text.endsWith("\r") ? text.slice(0, -1) : text;
  return { ...line, bytes: line.bytes + more.bytes, text: shown, isEnded: more.isEnded };
}

function decoded(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
