import type { Host } from "~/platform/host";
import { backoff } from "~/platform/live/backoff";
import type { Change, Subscription } from "~/platform/live/live";
import { asProblem, type Problem } from "~/platform/problem";
import { batched } from "./batch";

/** What the stores make of the journal. */
export interface Follower {
  /** Reads everything anew. */
  load(): Promise<void>;
  /** What changed, in order. */
  apply(changes: Change[]): void;
  failed(problem: Problem): void;
}

/** Milliseconds that changes are gathered before the page is drawn again. */
const GATHER = 60;

/** Follows the root's journal from now on, and lets stores load and change by it. */
export class Journal {
  #subscription: Subscription | undefined;
  #waiting: Change[] = [];
  /** The attempt to load that is under way; 0: everything is loaded. */
  #loading = 0;
  #turn = 0;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #flush = batched(() => this.#give(), GATHER);

  constructor(
    readonly host: Host,
    readonly followers: Follower[],
  ) {}

  /** Begins, or begins anew after the past was lost. */
  async start(): Promise<void> {
    const turn = ++this.#turn;
    this.#loading = turn;
    clearTimeout(this.#retry);
    this.#subscription?.close();
    try {
      // First where the journal stands, then the lists: what happens in between is applied after them.
      const { next } = await this.host.request("system_news", {});
      if (turn !== this.#loading) return;
      this.#subscribe(next || undefined);
      await Promise.all(this.followers.map((follower) => follower.load()));
      if (turn !== this.#loading) return;
      this.#loading = 0;
      this.#give();
      this.#attempt = 0;
    } catch (error) {
      if (turn !== this.#loading) return;
      const problem = asProblem(error);
      for (const follower of this.followers) follower.failed(problem);
      if (problem.code === "unreachable") this.#again();
    }
  }

  /** What could not be loaded is asked for again, later each time. */
  #again(): void {
    this.#retry = setTimeout(() => void this.start(), backoff(this.#attempt++, Math.random));
  }

  stop(): void {
    this.#loading = -1;
    clearTimeout(this.#retry);
    this.#flush.cancel();
    this.#subscription?.close();
  }

  /** From a place on; a root in which nothing ever happened has none. */
  #subscribe(after: string | undefined): void {
    this.#waiting = [];
    this.#subscription = this.host.live.subscribe(
      { kind: "events" },
      (event) => {
        if (event.kind === "resync") void this.start();
        // Without it the page would stand still and not know.
        if (event.kind === "problem") this.#again();
        if (event.kind !== "event") return;
        this.#waiting.push(event.data);
        if (this.#loading === 0) this.#flush();
      },
      after,
    );
  }

  #give(): void {
    const changes = this.#waiting.splice(0);
    if (changes.length > 0) for (const follower of this.followers) follower.apply(changes);
  }
}
