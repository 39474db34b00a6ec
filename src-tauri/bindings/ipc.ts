// Written by a test of conductor-desktop from its Rust types: what the window's page may call, and what it gets.
export type Refusal = { 
/**
 * What the page branches on: a code of `docs/api.md`.
 */
code: string, 
/**
 * What, where and why; one line.
 */
message: string, 
/**
 * What to do about it; one line.
 */
hint?: string, };

export type Answer = { 
/**
 * The HTTP status; from 400 on `body` is a problem of `docs/api.md`.
 */
status: number, 
/**
 * Headers by their names in lower case.
 */
headers: { [key in string]: string }, 
/**
 * The body, where it is UTF-8.
 */
body?: string, 
/**
 * The body, where it is not.
 */
base64?: string, };

export type Told = { "kind": "go", 
/**
 * Its address in the dashboard: `/tasks/<project>/<task>`, `/new`.
 */
to: string, } | { "kind": "saved", 
/**
 * Where it is; none: it could not be written.
 */
path: string | null, } | { "kind": "changed" };

export type Theme = "system" | "light" | "dark";

export type Quiet = { 
/**
 * From this time of day on.
 */
from: string, 
/**
 * To this one, of the next day where it is the earlier one.
 */
to: string, };

export type Notifications = { 
/**
 * An agent asks, is stuck, or lost its supervisor; something is ready to be looked at.
 */
questions: boolean, 
/**
 * A task failed for good.
 */
failures: boolean, 
/**
 * A limit is reached.
 */
limits: boolean, 
/**
 * What was completed, once nothing else is at work.
 */
completed: boolean, };

export type Settings = { 
/**
 * What is told by notifications.
 */
notifications: Notifications, 
/**
 * When nothing is told: from a time of day to another one, `22:00` to `07:00`; absent: never.
 */
quiet?: Quiet, 
/**
 * The command that opens a file, with `{file}` and `{line}`; absent: the first editor that is found.
 */
editor?: string, 
/**
 * The command that opens a terminal, with `{command}` where a shell's command line goes; absent: the first
 * terminal that is found.
 */
terminal?: string, 
/**
 * Which colours the window has.
 */
theme: Theme, };

export type Missing = "session_bus" | "tray_library" | "tray_host" | "notifications";

export type MissingView = { 
/**
 * What it is.
 */
what: Missing, 
/**
 * What it means.
 */
text: string, 
/**
 * What to do about it.
 */
hint: string, 
/**
 * Whether the page was never told of it before: it is said once.
 */
isNew: boolean, };

export type Reading = { 
/**
 * The shell that was asked; absent: not yet.
 */
shell?: string, 
/**
 * Milliseconds that it took.
 */
took: number, 
/**
 * Why nothing was read, and the app's own environment counts.
 */
problem?: string, };

export type DesktopState = { 
/**
 * What the person set.
 */
settings: Settings, 
/**
 * Whether the app starts with the desktop.
 */
autostart: boolean, 
/**
 * What this desktop does not have.
 */
missing: Array<MissingView>, 
/**
 * How the login shell's environment was read.
 */
environment: Reading, 
/**
 * Version of the app.
 */
version: string, };

export type DesktopChange = { 
/**
 * All settings, as they are to be; absent: as they are.
 */
settings?: Settings, 
/**
 * Whether the app starts with the desktop; absent: as it is.
 */
autostart?: boolean, };

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
