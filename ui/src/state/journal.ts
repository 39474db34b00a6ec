import type { Host } from "~/platform/host";
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
  #loading = 0;
  readonly #flush = batched(() => this.#give(), GATHER);

  constructor(
    readonly host: Host,
    readonly followers: Follower[],
  ) {}

  /** Begins, or begins anew after the past was lost. */
  async start(): Promise<void> {
    const turn = ++this.#loading;
    this.#subscription?.close();
    try {
      // First where the journal stands, then the lists: what happens in between is applied after them.
      const { next } = await this.host.request("system_news", {});
      if (turn !== this.#loading) return;
      this.#subscribe(next);
      await Promise.all(this.followers.map((follower) => follower.load()));
      if (turn !== this.#loading) return;
      this.#loading = 0;
      this.#give();
    } catch (error) {
      if (turn !== this.#loading) return;
      for (const follower of this.followers) follower.failed(asProblem(error));
    }
  }

  stop(): void {
    this.#flush.cancel();
    this.#subscription?.close();
  }

  #subscribe(after: string): void {
    this.#waiting = [];
    this.#subscription = this.host.live.subscribe(
      { kind: "events" },
      (event) => {
        if (event.kind === "resync") void this.start();
        if (event.kind === "problem") for (const each of this.followers) each.failed(asProblem(event.data));
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
