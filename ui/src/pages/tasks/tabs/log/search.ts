import { asProblem, isAborted, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import type { Source } from "./source";

const CHUNK = 2 * 1024 * 1024;
/** More finds than this are not kept. */
const MOST = 100_000;
const SGR = /\u001b\[[\d;:]*m/g;
const latin = new TextDecoder("latin1");
const encoder = new TextEncoder();

export type Finds = {
  /** Where the finds begin, in bytes, in the order of the file. */
  offsets: readonly number[];
  /** Part of the file that was searched, 0 to 1. */
  part: number;
  isDone: boolean;
  /** There are more than are kept. */
  isCapped?: boolean;
  problem?: Problem;
};

/**
 * Looks through a whole file for a text, a part at a time: from a place to the end, then from the start. Letters A to
 * Z are found in either case; colours between them do not matter.
 */
export class Search {
  readonly value = new Value<Finds>({ offsets: [], part: 0, isDone: false });
  readonly #end = new AbortController();

  constructor(
    readonly source: Source,
    readonly text: string,
  ) {}

  async run(total: number, from: number): Promise<void> {
    const isFresh = () => !this.#end.signal.aborted;
    let [later, earlier]: [number[], number[]] = [[], []];
    const tell = (searched: number, isDone = false) => {
      const offsets = [...earlier, ...later];
      const part = total === 0 ? 1 : searched / total;
      this.value.set({ offsets, part, isDone, isCapped: Math.max(earlier.length, later.length) >= MOST });
    };
    try {
      for await (const [found, place] of this.#through(from, total)) {
        later = later.concat(found);
        if (!isFresh()) return;
        tell(place - from);
      }
      for await (const [found, place] of this.#through(0, from)) {
        earlier = earlier.concat(found);
        if (!isFresh()) return;
        tell(total - from + place);
      }
      tell(total, true);
    } catch (error) {
      if (isAborted(error) || !isFresh()) return;
      this.value.set({ ...this.value.get(), isDone: true, problem: asProblem(error) });
    }
  }

  /** Ends it; what was found stays. */
  stop(): void {
    if (this.value.get().isDone) return;
    this.#end.abort();
    this.value.set({ ...this.value.get(), isDone: true });
  }

  async *#through(from: number, to: number): AsyncGenerator<[number[], number]> {
    let rest = new Uint8Array();
    let count = 0;
    for (let at = from; at < to && count < MOST; ) {
      const part = await this.source.read({ from: at, to: Math.min(to, at + CHUNK) }, this.#end.signal);
      if (part.bytes.length === 0) return;
      const bytes = joined(rest, part.bytes);
      const begin = at - rest.length;
      at += part.bytes.length;
      // A line goes on in the next part, unless it is longer than one.
      const cut = at < to ? bytes.lastIndexOf(10) + 1 : bytes.length;
      const end = cut > 0 ? cut : bytes.length;
      const found = findIn(bytes.subarray(0, end), this.text).map((offset) => begin + offset);
      rest = bytes.slice(end);
      count += found.length;
      yield [found, at];
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Where a text begins in bytes, as often as it is there. */
export function findIn(bytes: Uint8Array, text: string): number[] {
  const needle = latin.decode(encoder.encode(text));
  if (needle === "") return [];
  const raw = latin.decode(bytes);
  const { plain, cuts } = raw.includes("\u001b[") ? stripped(raw) : { plain: raw, cuts: [] };
  // One character is one byte here, so lower case keeps the places.
  const [where, what] = [plain.toLowerCase(), needle.toLowerCase()];
  const found: number[] = [];
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + what.length)) {
    if (isSame(plain, at, needle)) found.push(placeIn(cuts, at));
  }
  return found;
}

/** Whether the bytes beyond ASCII are the very same: they have no case here. */
function isSame(plain: string, at: number, needle: string): boolean {
  for (let index = 0; index < needle.length; index += 1) {
    if (needle.charCodeAt(index) > 0x7f && plain[at + index] !== needle[index]) return false;
  }
  return true;
}

/** From a place on, so many bytes were taken out before. */
type Cut = { at: number; gone: number };

function stripped(raw: string): { plain: string; cuts: Cut[] } {
  const cuts: Cut[] = [];
  const pieces: string[] = [];
  let [from, gone] = [0, 0];
  for (const found of raw.matchAll(SGR)) {
    pieces.push(raw.slice(from, found.index));
    from = found.index + found[0].length;
    gone += found[0].length;
    cuts.push({ at: from - gone, gone });
  }
  pieces.push(raw.slice(from));
  return { plain: pieces.join(""), cuts };
}

function placeIn(cuts: readonly Cut[], at: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return at + (cuts[low - 1]?.gone ?? 0);
}
