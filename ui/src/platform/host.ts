import type { Live } from "./live/live";
import type { Input, Operation, Output } from "./operations";
import type { Problem } from "./problem";

/** A value that changes: what `useReadable` of `~/state/store` reads. */
export interface Readable<T> {
  get(): T;
  watch(listener: () => void): () => void;
}

/** A part of a file of a run or a task. */
export type FilePart = {
  bytes: Uint8Array;
  /** Where in the file the part begins. */
  from: number;
  /** Bytes of the whole file. */
  total: number;
  type: string;
};

/** Bytes that are wanted of a file: from one to before another, or so many at its end. */
export type ByteRange = { from: number; to?: number } | { last: number };

export type FileOperation = "tasks_file" | "runs_file" | "runs_file_of_task";

/** How this page stands with the core. */
export type AccessState = {
  /** `asking`: it is looked for; `needed`: there is none yet; `expired`: the link is used up; `refused`: our token is not taken (any more). */
  state: "open" | "asking" | "needed" | "expired" | "refused";
  /** Whether the page may change things; a token may allow looking alone. */
  mayChange: boolean;
};

/** Access by a token that can be missing or taken back. */
export interface Access extends Readable<AccessState> {
  /** Takes a link (`…#ticket=…`), a ticket or a token that a person typed or pasted; `stays`: as by `stay`. */
  use(linkOrToken: string, stays?: boolean): Promise<void>;
  /** Whether the token is kept in this browser when its tabs are closed: whoever uses it then gets in. */
  readonly stays: Readable<boolean>;
  stay(stays: boolean): void;
  /** Forgets the token of this page, in all its tabs. */
  leave(): void;
}

/** A notification of the system. One with the same id takes its place; pressing it leads to `address`. */
export type Notice = { id: string; title: string; body: string; address?: string };

/** Notifications of the system, which a person allows once. */
export interface Notifications extends Readable<"allowed" | "denied" | "not_asked"> {
  allow(): Promise<void>;
  show(notice: Notice): void;
}

/** The address that opens a file in an editor, such as `vscode://file/{file}:{line}`; empty: none is set. */
export interface EditorAddress extends Readable<string> {
  /** Throws a `Problem` where it is no address of an editor. */
  set(template: string): void;
}

/** What a person set for the desktop app. */
export type DesktopSettings = {
  notifications: { questions: boolean; failures: boolean; limits: boolean; completed: boolean };
  /** Times of the day. */
  quiet?: { from: string; to: string };
  /** A command with `{file}` and `{line}`; absent: the first editor that is found. */
  editor?: string;
  /** A command with `{command}`; absent: the first terminal that is found. */
  terminal?: string;
  theme: "system" | "light" | "dark";
};

/** How the login shell's environment was read: in so many milliseconds, or why it was not. */
export type ShellReading = { shell?: string; took: number; problem?: string };

export type DesktopState = {
  settings: DesktopSettings;
  /** Whether the app starts with the desktop. */
  autostart: boolean;
  /** What this desktop does not have; `isNew` where it was never said before. */
  missing: { what: string; text: string; hint: string; isNew: boolean }[];
  environment: ShellReading;
  version: string;
};

/** The desktop app that the page is in; nothing until it has told how it is. */
export interface Desktop extends Readable<DesktopState | undefined> {
  /** Why it could not tell how it is. */
  readonly problem: Readable<Problem | undefined>;
  /** Where the file is that a person kept last, another object for each; null: it could not be written. */
  readonly kept: Readable<{ path: string | null } | undefined>;
  /** Asks how it is; a failure is its `problem`. */
  load(): Promise<void>;
  set(change: { settings?: DesktopSettings; autostart?: boolean }): Promise<void>;
  /** Agents that were installed since are found: the login shell's environment is read again. */
  readEnvironment(): Promise<ShellReading>;
}

/**
 * What this host can do beside the core's operations. What it cannot do is absent, and is then not shown.
 */
export type Capabilities = {
  /** Opens a file or a folder in the person's editor. */
  openInEditor?: (place: { path: string; line?: number }) => Promise<void>;
  /** Opens an address in the browser. It was shown to the person before. */
  openLink?: (url: string) => Promise<void>;
  /** Opens a terminal in which the agent's own session goes on. */
  takeOver?: (task: { project: string; task: string }) => Promise<void>;
  /** Opens a terminal in a folder. */
  openTerminal?: (path: string) => Promise<void>;
  pickFolder?: () => Promise<string | null>;
  /** Ends the app, not the agents; the person is told so, and asked. */
  quit?: () => Promise<void>;
  notifications?: Notifications;
  /** Where the page opens files by an address that a person sets; `openInEditor` is there once it is set. */
  editorAddress?: EditorAddress;
  desktop?: Desktop;
  /** Absent where the host needs no token. */
  access?: Access;
  /** Whether single-key shortcuts of the system's window may be used (Ctrl N, Ctrl W). */
  ownWindow?: boolean;
};

/** The one door to the core. Components cannot tell which one they go through. */
export interface Host {
  /** Does one operation of the core. Rejects with a `Problem`. */
  request<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>>;
  /** Reads (a part of) a file of a run or a task. */
  file<O extends FileOperation>(operation: O, input: Input<O>, range?: ByteRange): Promise<FilePart>;
  readonly live: Live;
  /** Why the last request was refused of those that were, another object each time. */
  readonly failed: Readable<Problem | undefined>;
  readonly capabilities: Capabilities;
  /** Begins: exchanges a ticket, opens the stream when somebody subscribes. */
  start(): Promise<void>;
  /** Ends the stream and all timers. */
  stop(): void;
  /** The clock that the core's times are compared with, in milliseconds. */
  now(): number;
}
