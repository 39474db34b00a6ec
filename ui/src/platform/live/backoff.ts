const FIRST = 500;
const MOST = 15_000;

/** Milliseconds until the next attempt: doubling, half of it by chance, so that pages do not come at once. */
export function backoff(attempt: number, random: () => number): number {
  const most = Math.min(MOST, FIRST * 2 ** attempt);
  return Math.round(most / 2 + (random() * most) / 2);
}
