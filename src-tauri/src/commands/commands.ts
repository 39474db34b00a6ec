/** The arguments of each command, and what it resolves to. A refusal is a `Refusal`. */
export type Commands = {
  /** A request as over HTTP (docs/api.md). `body` is JSON, `base64` bytes; of headers, `idempotency-key`, `if-none-match`, `range`. */
  ask: { arguments: { method: string, path: string, headers?: Record<string, string>, body?: unknown, base64?: string }, result: Answer },
  /** Opens the live stream (docs/streams.md) after the event `lastId`; resolves when it has ended. It replaces the one before. */
  stream_open: { arguments: { channel: ChannelOf<StreamEvent>, lastId?: string }, result: null },
  stream_add: { arguments: { session: string, name: string, topic: unknown, after?: string }, result: null },
  stream_drop: { arguments: { session: string, name: string }, result: null },
  stream_close: { arguments: {}, result: null },
  /** Tells the page where to go, from now on; what came before is told first. */
  listen: { arguments: { channel: ChannelOf<Told> }, result: null },
  desktop_state: { arguments: {}, result: DesktopState },
  desktop_set: { arguments: { change: DesktopChange }, result: DesktopState },
  /** Reads the login shell's environment again; the stream ends, and is to be opened again. */
  read_environment: { arguments: {}, result: Reading },
  open_in_editor: { arguments: { path: string, line?: number }, result: null },
  open_terminal: { arguments: { path: string }, result: null },
  /** Pauses the task after its turn, then opens the agent's own session in a terminal. */
  take_over: { arguments: { project: string, task: string }, result: null },
  /** Opens an address of http or https in the browser, after the person has seen it. */
  open_link: { arguments: { url: string }, result: null },
  pick_folder: { arguments: {}, result: string | null },
  /** Quits; where agents are at work, the person is told what goes on, and asked. */
  quit: { arguments: {}, result: null },
};

/** An event of the stream; `beat`, with empty data, is its sign of life every 15 seconds. */
export type StreamEvent = { id: string, event: string, data: { subscription?: string, data?: unknown } };

/** A channel whose messages are of this type. */
export type ChannelOf<Message> = { readonly __message?: Message };
