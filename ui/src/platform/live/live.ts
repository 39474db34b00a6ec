import type { Readable } from "../host";
import type { Message, RunView, TaskView, Topic } from "../operations";

/** A change of state, as the journal tells it. */
export type Change = {
  cursor: string;
  /** `task.running`, `run.started`, …: see docs/formats.md, "The journal". */
  kind: string;
  at: string;
  /** False for what was found when a lost journal was made anew. */
  news: boolean;
  revision: number;
  task: TaskView;
  run?: RunView;
};

/** Bytes of a log; `base64` where they are not UTF-8. `offset` counts bytes of the file. */
export type LogPart = { offset: number; text?: string; base64?: string };

/** What a subscription is told. */
export type LiveEvent =
  | { kind: "event"; data: Change }
  | { kind: "message"; data: Message }
  | { kind: "log"; data: LogPart }
  /** What was told of the log no longer holds; it follows anew. */
  | { kind: "reset"; data: { offset: number; reason: string } }
  /** The past is gone: read the lists again. */
  | { kind: "resync"; data: { after?: string } }
  /** There will be no more. */
  | { kind: "end"; data: { reason: string } }
  /** The subscription failed and is no more. */
  | { kind: "problem"; data: { code: string; message: string; hint?: string } };

export type LiveKind = LiveEvent["kind"];

/**
 * `idle`: nothing is subscribed. `catching_up`: the way to the core was cut, and what came meanwhile is
 * being read. `offline`: it is cut; the next attempt is at `retryAt`.
 */
export type LiveState = {
  phase: "idle" | "connecting" | "live" | "catching_up" | "offline";
  /** Since when, in milliseconds. */
  since: number;
  retryAt?: number;
  /** Why the way is cut, in the core's words. */
  reason?: string;
};

export interface Subscription {
  close(): void;
}

/** One stream of all that the page shows. */
export interface Live {
  readonly state: Readable<LiveState>;
  /**
   * Tells what happens to a topic, until closed: from the start, or after a place (`cursor` of a change or
   * message, a number of bytes of a log). A cut is healed from where it stood: nothing twice, nothing left out.
   */
  subscribe(topic: Topic, told: (event: LiveEvent) => void, after?: string): Subscription;
  /** Tries at once where the next attempt would come later. */
  retry(): void;
}
