import { Heights } from "./heights";

/** Many rows of heights that are known when they are drawn. */
export type LongRows = {
  count: number;
  /** Names a row, also when others came before it. */
  keyOf(index: number): string | number;
  /** Pixels that a row is taken for before it was drawn. */
  estimate(index: number): number;
  /** Whether the row may move, and the one below it stays: what stands for rows that are still to come. */
  isLoose?(index: number): boolean;
};

/** Nearer to the end than this is at the end. */
const NEAR = 8;
/** Pixels that are drawn beyond what is seen, above and below; as many after a jump. */
const BEYOND = 600;
const JUMPED = 250;
/** Where fewer are drawn there while it is scrolled, more are: a few rows at a time. */
const LEAST = 450;
/** So many are drawn above at most while the end is followed. */
const MOST = 740;
/** Where fewer are, that cannot wait until the frame is over. */
const URGENT = 150;

type Anchor = { key: string | number; index: number; offset: number };

/** Which rows of a long list are drawn where; it holds what is seen still while rows come above or change. */
export class LongPlace {
  readonly heights = new Heights();
  readonly #measured = new Map<string | number, number>();
  #rows: LongRows = { count: 0, keyOf: String, estimate: () => 0 };
  #version: unknown;
  #last: string | number | undefined;
  #anchor: Anchor | undefined;
  #top = 0;
  /** Pixels of all rows when it was put there. */
  #total = Number.POSITIVE_INFINITY;
  #window: [number, number] | undefined;
  /** Whether the end is kept in view. */
  isAtEnd: boolean;

  /** `follows`: it begins at its end, and stays there while that is in view; else it begins at its start. */
  constructor(readonly follows = true) {
    this.isAtEnd = follows;
  }

  /** Takes over rows that changed. */
  take(rows: LongRows, version: unknown): void {
    this.#rows = rows;
    if (version === this.#version) return;
    this.#version = version;
    const had = this.heights.count;
    const isGrown = had > 0 && rows.count >= had && rows.keyOf(had - 1) === this.#last;
    if (isGrown) this.heights.grow(rows.count, this.#height);
    else {
      this.#prune();
      this.#window = undefined;
      this.heights.reset(rows.count, this.#height);
    }
    this.#last = rows.count > 0 ? rows.keyOf(rows.count - 1) : undefined;
    if (this.#anchor && !isGrown) this.#anchor = this.#found(this.#anchor);
  }

  /** Forgets all heights: the width changed. */
  forget(): void {
    this.#measured.clear();
    this.heights.reset(this.#rows.count, this.#height);
  }

  /** A row was drawn so high. Says whether that is news. */
  measured(index: number, height: number): boolean {
    if (height === 0) return false;
    this.#measured.set(this.#rows.keyOf(index), height);
    if (Math.abs(height - this.heights.get(index)) < 0.25) return false;
    this.heights.set(index, height);
    return true;
  }

  isMeasured(index: number): boolean {
    return this.#measured.has(this.#rows.keyOf(index));
  }

  /** The list was put there by us. */
  put(top: number): void {
    this.#top = top;
    this.#total = this.heights.total;
  }

  /**
   * The list stands there now, by a person, by us, or because it became higher and cannot stand as low: only a person
   * leaves the end.
   */
  scrolled(top: number, view: number): void {
    const lowest = Math.min(this.#top, Math.max(0, this.#total - view));
    const isLast = this.isLast(top, view) || (this.isAtEnd && top >= lowest - 1);
    this.isAtEnd = this.follows && isLast;
    this.#top = top;
    this.#drop(top);
  }

  /** Whether the end is in view there. */
  isLast(top: number, view: number): boolean {
    return top + view >= this.heights.total - NEAR;
  }

  /** Where the list is to stand, so that what is seen stays. */
  wanted(view: number): number {
    const most = Math.max(0, this.heights.total - view);
    if (this.isAtEnd) return most;
    if (!this.#anchor) return Math.min(this.#top, most);
    return Math.max(0, Math.min(this.heights.top(this.#anchor.index) - this.#anchor.offset, most));
  }

  /** From now on a row is held so many pixels below the upper edge. */
  hold(index: number, offset = 0): void {
    this.isAtEnd = false;
    this.#anchor = { key: this.#rows.keyOf(index), index, offset };
  }

  /** The rows that are seen, and so many pixels above and below: from one to before another. */
  #range(top: number, view: number, beyond: number): [number, number] {
    if (this.heights.count === 0) return [0, 0];
    return [this.heights.at(Math.max(0, top - beyond)), this.heights.at(top + view + beyond) + 1];
  }

  /**
   * The rows that are drawn: what is seen, and some beyond it. At the end the first of them stays for a while, so that
   * a row that is added is all that changes; after a jump no more are drawn than it takes.
   */
  window(top: number, view: number): [number, number] {
    const [start, end] = this.#window ?? [0, 0];
    const [from, to] = this.#range(top, view, 0);
    const isJump = end <= from || start >= to;
    const [first, last] = this.#range(top, view, isJump ? JUMPED : BEYOND);
    const isKept = this.isAtEnd && start < first && top - this.heights.top(start) <= MOST;
    this.#window = [isKept && !isJump ? start : first, last];
    return this.#window;
  }

  /** Whether rows are to be drawn that are not. */
  lacks(top: number, view: number, isUrgent: boolean): boolean {
    const [from, to] = this.#range(top, view, isUrgent ? URGENT : LEAST);
    const [start, end] = this.#window ?? [0, 0];
    return from < start || to > end;
  }

  /** Forgets rows that are gone, where they are many. */
  #prune(): void {
    if (this.#measured.size < 2 * this.#rows.count + 20_000) return;
    const kept = new Set<string | number>();
    for (let index = 0; index < this.#rows.count; index += 1) kept.add(this.#rows.keyOf(index));
    for (const key of this.#measured.keys()) if (!kept.has(key)) this.#measured.delete(key);
  }

  #drop(top: number): void {
    if (this.heights.count === 0) return;
    let index = this.heights.at(top);
    if (this.#rows.isLoose?.(index) && index + 1 < this.heights.count) index += 1;
    this.#anchor = { key: this.#rows.keyOf(index), index, offset: this.heights.top(index) - top };
  }

  #found(anchor: Anchor): Anchor | undefined {
    const { count, keyOf } = this.#rows;
    for (let away = 0; away < count; away += 1) {
      for (const index of [anchor.index + away, anchor.index - away]) {
        if (index >= 0 && index < count && keyOf(index) === anchor.key) return { ...anchor, index };
      }
    }
    return undefined;
  }

  #height = (index: number): number =>
    this.#measured.get(this.#rows.keyOf(index)) ?? this.#rows.estimate(index);
}
