/** A clock that stands still until it is advanced, or runs with the real one from a fixed beginning. */
export class FakeClock {
  #offset = 0;
  readonly #began = performance.now();

  constructor(
    readonly start = Date.parse("2026-11-20T13:50:00Z"),
    readonly runs = false,
  ) {}

  now = (): number => this.start + this.#offset + (this.runs ? performance.now() - this.#began : 0);

  random = (): number => 0.5;

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  /** The time so many minutes from now; before now where negative. */
  iso(minutes = 0): string {
    return new Date(this.now() + minutes * 60_000).toISOString();
  }
}
