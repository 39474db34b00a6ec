const LOOK = 5_000;
/** A hidden page's timers may rest for a minute; what is longer was a sleep of the machine. */
const SLEEP = 90_000;

/** Calls `woke` when the clock has gone on by more than the timers know of. */
export function onWake(woke: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const gap = Date.now() - last;
    last = Date.now();
    if (gap > SLEEP) woke();
  }, LOOK);
  return () => clearInterval(timer);
}
