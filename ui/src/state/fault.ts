import type { Host } from "~/platform/host";
import { backoff } from "~/platform/live/backoff";
import { asProblem, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";

/** What a request is refused with where its subject is wrong, and also where the core cannot read its root at all. */
const SUSPECT: ReadonlySet<string> = new Set([
  "not_found",
  "config",
  "io",
  "damaged",
  "newer_version",
  "read_only",
]);

/** Whether the core can read its root and its configuration: looked at when a request is refused, until it can. */
export class Fault {
  /** Why it cannot. */
  readonly value = new Value<Problem | undefined>(undefined);
  #isLooking = false;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `mended`: is called when it can again. */
  constructor(
    readonly host: Host,
    readonly mended: () => void,
  ) {}

  start(): () => void {
    const leave = this.host.failed.watch(() => {
      if (this.#timer === undefined && SUSPECT.has(this.host.failed.get()?.code ?? "")) void this.look();
    });
    return () => {
      leave();
      clearTimeout(this.#timer);
    };
  }

  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const before = this.value.get();
    try {
      // What every token may ask, and needs the root and the configuration alone.
      await this.host.request("system_news", {});
      this.#attempt = 0;
      this.value.set(undefined);
      if (before) this.mended();
    } catch (error) {
      const problem = asProblem(error);
      if (SUSPECT.has(problem.code)) this.value.set(problem);
      if (this.value.get())
        this.#timer = setTimeout(() => void this.look(), backoff(this.#attempt++, Math.random));
    }
    this.#isLooking = false;
  }
}
