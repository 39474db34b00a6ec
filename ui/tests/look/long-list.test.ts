import { describe, expect, test } from "vitest";
import { Heights } from "~/look/heights";
import { LongPlace } from "~/look/long-list";

describe("heights", () => {
  test("tell the place of each row, as adding them up does", () => {
    const heights = new Heights();
    const each = Array.from({ length: 1000 }, (_, index) => (index * 7) % 50);
    heights.reset(500, (index) => each[index] ?? 0);
    heights.grow(1000, (index) => each[index] ?? 0);
    for (let turn = 0; turn < 300; turn += 1) {
      const index = (turn * 37) % 1000;
      each[index] = (turn * 13) % 90;
      heights.set(index, each[index] ?? 0);
    }
    let top = 0;
    for (const [index, height] of each.entries()) {
      expect(heights.top(index)).toBe(top);
      if (height > 0) expect(heights.at(top)).toBe(index);
      top += height;
    }
    expect(heights.total).toBe(top);
    expect(heights.at(top + 100)).toBe(999);
    heights.reset(3, () => 10);
    expect([heights.total, heights.top(2), heights.at(25)]).toEqual([30, 20, 2]);
  });
});

describe("a long list", () => {
  const rowsOf = (keys: number[], loose?: number) => ({
    count: keys.length,
    keyOf: (index: number) => keys[index] ?? -1,
    estimate: () => 20,
    isLoose: (index: number) => keys[index] === loose,
  });
  const many = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

  test("stays at the end while rows are added there, and leaves it when a person goes up", () => {
    const place = new LongPlace();
    place.take(rowsOf(many(0, 100)), 1);
    expect(place.wanted(500)).toBe(1500);
    place.scrolled(1500, 500);
    place.take(rowsOf(many(0, 110)), 2);
    expect(place.wanted(500)).toBe(1700);
    place.scrolled(1700, 500);
    place.scrolled(1600, 500);
    place.take(rowsOf(many(0, 120)), 3);
    expect(place.wanted(500)).toBe(1600);
  });

  test("holds what is seen while rows come above it or become higher", () => {
    const place = new LongPlace();
    place.take(rowsOf([0, ...many(50, 150)], 0), 1);
    place.scrolled(2020 - 500, 500);
    // The row that may move is the first that is seen: the one below it is held.
    place.scrolled(0, 500);
    place.take(rowsOf([0, ...many(20, 150)], 0), 2);
    expect(place.wanted(500)).toBe(30 * 20);
    place.scrolled(600, 500);
    place.measured(5, 120);
    expect(place.wanted(500)).toBe(700);
  });

  test("leaves the end by little, also where it was just put there", () => {
    const place = new LongPlace();
    place.take(rowsOf(many(0, 100)), 1);
    place.scrolled(1500, 500);
    place.take(rowsOf(many(0, 110)), 2);
    place.put(1700);
    place.scrolled(1699.5, 500);
    expect(place.isAtEnd).toBe(true);
    place.take(rowsOf(many(0, 120)), 3);
    place.put(1900);
    place.scrolled(1880, 500);
    expect(place.isAtEnd).toBe(false);
  });

  test("stays at the end when it becomes higher, also while rows are added; then a person leaves it", () => {
    const place = new LongPlace();
    place.take(rowsOf(many(0, 100)), 1);
    place.put(1500);
    place.scrolled(1500, 500);
    place.take(rowsOf(many(0, 110)), 2);
    // A browser lets nothing stand lower than its end.
    place.scrolled(1400, 600);
    expect([place.isAtEnd, place.wanted(600)]).toEqual([true, 1600]);
    place.put(1600);
    place.scrolled(1590, 600);
    expect(place.isAtEnd).toBe(false);
  });

  test("keeps what is drawn while it is near, and draws less after a jump", () => {
    const place = new LongPlace();
    place.take(rowsOf(many(0, 1000)), 1);
    place.scrolled(19_500, 500);
    expect(place.window(19_500, 500)).toEqual([962, 1000]);
    place.take(rowsOf(many(0, 1005)), 2);
    const [start] = place.window(19_600, 500);
    expect(start).toBe(950);
    place.take(rowsOf(many(0, 1010)), 3);
    // What is added is all that changes, ...
    expect(place.window(19_700, 500)).toEqual([start, 1010]);
    place.take(rowsOf(many(0, 1100)), 4);
    // ... until much of it is far away.
    expect(place.window(19_700 + 600, 500)[0]).toBeGreaterThan(start);
    place.scrolled(4000, 500);
    const [from, to] = place.window(4000, 500);
    expect([place.heights.top(from), place.heights.top(to)]).toEqual([3740, 4760]);
    expect([place.lacks(4000, 500, true), place.lacks(4000, 500, false)]).toEqual([false, true]);
    const [wider, beyond] = place.window(4120, 500);
    expect([place.heights.top(wider), place.heights.top(beyond)]).toEqual([3520, 5240]);
    expect([place.lacks(4220, 500, false), place.lacks(4320, 500, false)]).toEqual([false, true]);
  });

  test("remembers what was measured of rows that come back", () => {
    const place = new LongPlace();
    place.take(rowsOf([1, 2, 3]), 1);
    place.measured(1, 90);
    place.take(rowsOf([7, 1, 2, 3]), 2);
    expect(place.heights.get(2)).toBe(90);
    expect(place.measured(2, 90)).toBe(false);
    expect([place.isMeasured(2), place.isMeasured(1)]).toEqual([true, false]);
    // As high as it was taken for: no news, but known.
    expect([place.measured(1, 20), place.isMeasured(1)]).toEqual([false, true]);
    expect(place.measured(0, 0)).toBe(false);
  });
});

test("a list that does not follow begins at its start, and stays where it is when rows come", () => {
  const place = new LongPlace(false);
  const rows = (count: number) => ({ count, keyOf: (index: number) => index, estimate: () => 20 });
  place.take(rows(10), 1);
  expect(place.wanted(400)).toBe(0);
  // All of it is in view: a list that follows would go to the end of what comes.
  place.scrolled(0, 400);
  place.take(rows(100), 2);
  expect(place.wanted(400)).toBe(0);
});
