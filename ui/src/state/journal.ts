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
  /** Who loads, and what happened since it began: that is applied to what it loaded. */
  readonly #loading = new Map<Follower, Change[]>();
  /** The beginning that holds; what comes of an earlier one is no matter. */
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
    clearTimeout(this.#retry);
    this.#subscription?.close();
    this.#loading.clear();
    try {
      // First where the journal stands, then the lists: what happens in between is applied after them.
      const { next } = await this.host.request("system_news", {});
      if (turn !== this.#turn) return;
      this.#subscribe(next || undefined);
    } catch (error) {
      if (turn !== this.#turn) return;
      const problem = asProblem(error);
      for (const follower of this.followers) follower.failed(problem);
      if (mayAgain(problem)) this.#later(() => this.start());
      return;
    }
    await this.#load(this.followers, turn);
  }

  /** Each loads by itself: one that fails is asked again, and keeps nobody waiting. */
  async #load(followers: Follower[], turn: number): Promise<void> {
    const failed: Follower[] = [];
    const load = async (follower: Follower) => {
      this.#loading.set(follower, []);
      try {
        await follower.load();
      } catch (error) {
        if (turn !== this.#turn) return;
        const problem = asProblem(error);
        follower.failed(problem);
        if (mayAgain(problem)) failed.push(follower);
      }
      if (turn !== this.#turn) return;
      const missed = this.#loading.get(follower) ?? [];
      this.#loading.delete(follower);
      if (missed.length > 0) follower.apply(missed);
    };
    await Promise.all(followers.map(load));
    if (turn !== this.#turn) return;
    if (failed.length === 0) this.#attempt = 0;
    else this.#later(() => (this.#subscription ? this.#load(failed, turn) : this.start()));
  }

  /** What could not be done is done again, later each time. */
  #later(work: () => Promise<void>): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void work(), backoff(this.#attempt++, Math.random));
  }

  stop(): void {
    this.#turn += 1;
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
        if (event.kind === "problem" || event.kind === "end") {
          this.#subscription = undefined;
          this.#later(() => this.start());
        }
        if (event.kind !== "event") return;
        this.#waiting.push(event.data);
        this.#flush();
      },
      after,
    );
  }

  #give(): void {
    const changes = this.#waiting.splice(0);
    if (changes.length === 0) return;
    for (const follower of this.followers) {
      const waiting = this.#loading.get(follower);
      if (waiting) waiting.push(...changes);
      else follower.apply(changes);
    }
  }
}

/** Who is not let in begins anew when somebody lets the page in. */
function mayAgain({ code }: Problem): boolean {
  return code !== "unauthorized";
}
