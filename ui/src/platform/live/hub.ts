import type { Readable } from "../host";
import type { Topic } from "../operations";
import { asProblem, type Problem } from "../problem";
import { Value } from "../value";
import { backoff } from "./backoff";
import type { Live, LiveEvent, LiveKind, LiveState, Subscription } from "./live";
import type { Frame, Transport } from "./transport";

/** The core gives a sign of life every 15 seconds; a stream that gave none for so long is dead. */
export const SILENCE = 20_000;
/** A stream that told nothing for so long has caught up. */
const QUIET = 300;
/** One that never falls quiet has caught up after so long. */
const BUSY = 3_000;

const KINDS: ReadonlySet<string> = new Set<LiveKind>([
  "event",
  "message",
  "log",
  "reset",
  "resync",
  "end",
  "problem",
]);

/** After these a subscription is no more. */
const GONE: ReadonlySet<string> = new Set(["dropped", "end", "problem"]);

type Entry = {
  topic: Topic;
  told: (event: LiveEvent) => void;
  /** Where it stands by itself: used where the stream's own id is not taken. */
  after?: string;
};

export type Clock = { now(): number; random(): number };

/** Keeps the subscriptions of a page on one stream, and heals them after a cut. */
export class Hub implements Live {
  readonly #state = new Value<LiveState>({ phase: "idle", since: 0 });
  readonly #entries = new Map<string, Entry>();
  /** What the id of the last frame names: subscriptions whose `added` arrived. */
  readonly #named = new Set<string>();
  /** Whether the open stream goes on after such an id. */
  #resumed = false;
  #next = 0;
  #last: string | undefined;
  #session: string | undefined;
  #attempt = 0;
  #open: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #wasCut = false;

  constructor(
    readonly transport: Transport,
    readonly clock: Clock = { now: Date.now, random: Math.random },
  ) {}

  get state(): Readable<LiveState> {
    return this.#state;
  }

  subscribe(topic: Topic, told: (event: LiveEvent) => void, after?: string): Subscription {
    const name = `s${this.#next++}`;
    this.#entries.set(name, { topic, told, after });
    if (this.#session) void this.#add(this.#session, name);
    else if (!this.#open && this.#timer === undefined) this.#connect();
    return { close: () => this.#close(name) };
  }

  retry(): void {
    if (this.#state.get().phase !== "offline") return;
    this.#attempt = 0;
    this.#connect();
  }

  /** After a sleep the stream may be dead without a sign of it: it is opened anew, from where it stood. */
  wake(): void {
    if (!this.#open) return this.retry();
    this.#open.abort();
    this.#cut("the machine slept");
    this.retry();
  }

  /** Ends everything. */
  stop(): void {
    this.#entries.clear();
    this.#rest();
  }

  #close(name: string): void {
    if (!this.#entries.delete(name)) return;
    if (this.#entries.size === 0) return this.#rest();
    if (this.#named.has(name)) this.#drop(name);
  }

  #rest(): void {
    this.#clear();
    this.#open?.abort();
    this.#open = undefined;
    this.#session = undefined;
    this.#last = undefined;
    this.#named.clear();
    this.#wasCut = false;
    this.#tell("idle");
  }

  #clear(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    clearTimeout(this.#quiet);
    this.#timer = undefined;
  }

  #connect(): void {
    this.#clear();
    this.#open?.abort();
    const open = new AbortController();
    this.#open = open;
    this.#resumed = this.#last !== undefined;
    if (!this.#wasCut) this.#tell("connecting");
    const current = () => this.#open === open;
    this.#sign(open);
    this.transport
      .open(
        this.#last,
        (frame) => current() && this.#frame(frame),
        () => current() && this.#sign(open),
        open.signal,
      )
      .then(
        () => current() && this.#cut(),
        (error: unknown) => current() && this.#failed(asProblem(error)),
      );
  }

  #sign(open: AbortController): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (this.#open !== open) return;
      open.abort();
      this.#cut("no sign of life");
    }, SILENCE);
  }

  #failed(problem: Problem): void {
    // The id is not taken, or what it names is too much: every subscription heals from its own place.
    if (this.#last !== undefined && problem.code === "usage") this.#last = undefined;
    this.#cut(problem.message);
  }

  #cut(reason?: string): void {
    this.#clear();
    this.#open = undefined;
    this.#session = undefined;
    this.#wasCut = true;
    const wait = backoff(this.#attempt++, this.clock.random);
    this.#state.set({
      phase: "offline",
      since: this.#since("offline"),
      retryAt: this.clock.now() + wait,
      reason,
    });
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #frame(frame: Frame): void {
    if (frame.id !== undefined) this.#last = frame.id;
    const { subscription, data } = frame.data as { subscription?: string; data: unknown };
    if (subscription === undefined) return this.#whole(frame.event, data);
    this.#settle();
    if (frame.event === "added") this.#named.add(subscription);
    if (GONE.has(frame.event)) this.#named.delete(subscription);
    const entry = this.#entries.get(subscription);
    if (entry) this.#deliver(subscription, entry, frame.event, data);
    // It was closed before it was known here that it had been added.
    else if (frame.event === "added") this.#drop(subscription);
  }

  #whole(event: string, data: unknown): void {
    if (event === "session") return this.#begun((data as { session: string }).session);
    if (event !== "end" && event !== "problem") return;
    this.#open?.abort();
    const { reason, message } = data as { reason?: string; message?: string };
    this.#cut(message ?? (reason === "shutdown" ? "the server was shut down" : reason));
  }

  #begun(session: string): void {
    this.#session = session;
    this.#attempt = 0;
    this.#tell(this.#wasCut ? "catching_up" : "live");
    if (this.#wasCut) this.#settle();
    // What the last id names was opened again by the server; the rest is added, or dropped, here.
    if (this.#last === undefined || !this.#resumed) this.#named.clear();
    for (const name of [...this.#named]) if (!this.#entries.has(name)) this.#drop(name);
    for (const name of this.#entries.keys()) if (!this.#named.has(name)) void this.#add(session, name);
  }

  #drop(name: string): void {
    if (this.#session) this.transport.drop(this.#session, name).catch(() => undefined);
  }

  async #add(session: string, name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (!entry) return;
    try {
      await this.transport.add(session, { name, topic: entry.topic, after: entry.after });
    } catch (error) {
      const problem = asProblem(error);
      // A cut is healed by the next session.
      if (problem.code === "unreachable" || this.#session !== session || !this.#entries.has(name)) return;
      this.#entries.delete(name);
      entry.told({
        kind: "problem",
        data: { code: problem.code, message: problem.message, hint: problem.hint },
      });
    }
  }

  #deliver(name: string, entry: Entry, kind: string, data: unknown): void {
    if (!KINDS.has(kind)) return;
    const event = { kind, data } as LiveEvent;
    entry.after = placeAfter(event, entry.after);
    if (GONE.has(kind)) this.#entries.delete(name);
    entry.told(event);
  }

  #settle(): void {
    if (this.#state.get().phase === "live") return;
    clearTimeout(this.#quiet);
    const left = this.#state.get().since + BUSY - this.clock.now();
    this.#quiet = setTimeout(
      () => {
        this.#wasCut = false;
        this.#tell("live");
      },
      Math.max(0, Math.min(QUIET, left)),
    );
  }

  #since(phase: LiveState["phase"]): number {
    const now = this.#state.get();
    return now.phase === phase ? now.since : this.clock.now();
  }

  #tell(phase: LiveState["phase"]): void {
    if (this.#state.get().phase !== phase) this.#state.set({ phase, since: this.clock.now() });
  }
}

const encoder = new TextEncoder();

function placeAfter(event: LiveEvent, before: string | undefined): string | undefined {
  switch (event.kind) {
    case "event":
    case "message":
      return event.data.cursor;
    case "log":
      return String(event.data.offset + bytesOf(event.data));
    case "reset":
      return "0";
    case "resync":
      return event.data.after ?? before;
    default:
      return before;
  }
}

function bytesOf(part: { text?: string; base64?: string }): number {
  if (part.text !== undefined) return encoder.encode(part.text).length;
  return part.base64 === undefined ? 0 : atob(part.base64).length;
}
