import { useRef, useSyncExternalStore } from "react";
import type { Readable } from "~/platform/host";

/** The value of a readable; the component is drawn again when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(readable.watch, readable.get);
}

/** A part of a readable; the component is drawn again when that part changes. */
export function useSelected<T, S>(
  readable: Readable<T>,
  select: (value: T) => S,
  same: (a: S, b: S) => boolean = Object.is,
): S {
  const last = useRef<{ value: S } | undefined>(undefined);
  return useSyncExternalStore(readable.watch, () => {
    const next = select(readable.get());
    if (last.current && same(last.current.value, next)) return last.current.value;
    last.current = { value: next };
    return next;
  });
}

/** Whether two lists hold the same things. */
export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
