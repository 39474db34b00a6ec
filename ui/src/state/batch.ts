/** Calls `work` once, a moment after the first of several calls. */
export function batched(work: () => void, milliseconds: number): { (): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const call = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      work();
    }, milliseconds);
  };
  call.cancel = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return call;
}

/** Milliseconds between two drawings of what flows in a few places, and in many: each costs as much as the page is large. */
const STEP = 80;
const LONG_STEP = 250;
const MANY = 6;

const waiting = new Set<() => void>();
let isDue = false;
let before = 0;

/**
 * Calls `work` a moment after the first of several calls, in the same moment as all others' that came meanwhile: what flows in
 * many places is drawn at once.
 */
export function inStep(work: () => void): { (): void; cancel(): void } {
  const call = () => {
    waiting.add(work);
    if (isDue) return;
    isDue = true;
    setTimeout(step, before > MANY ? LONG_STEP : STEP);
  };
  call.cancel = () => void waiting.delete(work);
  return call;
}

function step(): void {
  isDue = false;
  const all = [...waiting];
  before = all.length;
  waiting.clear();
  for (const work of all) work();
}
