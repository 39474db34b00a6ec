import { useSyncExternalStore } from "react";
import { useHost } from "./app";

/** One timer for all times that tick. It rests while nobody watches or the page is hidden. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  for (const listener of [...listeners]) listener();
}

function arrange(): void {
  const isNeeded = listeners.size > 0 && document.visibilityState !== "hidden";
  if (isNeeded) timer ??= setInterval(tick, 1000);
  else {
    clearInterval(timer);
    timer = undefined;
  }
}

document.addEventListener("visibilitychange", () => {
  arrange();
  if (timer) tick();
});

function watch(listener: () => void): () => void {
  listeners.add(listener);
  arrange();
  return () => {
    listeners.delete(listener);
    arrange();
  };
}

/** The time now, to the second or to so many seconds. */
export function useNow(seconds = 1): number {
  const host = useHost();
  const step = seconds * 1000;
  return useSyncExternalStore(watch, () => Math.floor(host.now() / step) * step);
}
