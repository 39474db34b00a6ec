import type { Topic } from "../operations";

/** A frame of the stream of several subscriptions: docs/streams.md. */
export type Frame = { id?: string; event: string; data: unknown };

export type Wanted = { name: string; topic: Topic; after?: string };

/** How frames come from the core. `Hub` makes a `Live` of it. */
export interface Transport {
  /**
   * Opens the stream, after the frame with the id `last` where one is given. Resolves when it has ended;
   * rejects with a `Problem` when it cannot be opened or breaks. `sign` is called at every sign of life.
   */
  open(
    last: string | undefined,
    frame: (frame: Frame) => void,
    sign: () => void,
    end: AbortSignal,
  ): Promise<void>;
  add(session: string, wanted: Wanted): Promise<void>;
  drop(session: string, name: string): Promise<void>;
}
