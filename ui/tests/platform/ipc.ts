import type { FakeHost } from "~/platform/fake";
import type { DesktopState } from "~/platform/host";
import type { Frame } from "~/platform/live/transport";
import { Problem } from "~/platform/problem";
import type { Ipc } from "~/platform/tauri/ipc";
import { answer } from "./router";

type Channel = { told(message: unknown): void };
// biome-ignore lint/suspicious/noExplicitAny: what comes over the bridge has no types.
type Args = any;

/** The arguments that each command of the desktop app takes; those with a question mark may be left out. */
const ARGUMENTS: Record<string, string[]> = {
  ask: ["method", "path", "headers?", "body?", "base64?"],
  stream_open: ["channel", "lastId?"],
  stream_add: ["session", "name", "topic", "after?"],
  stream_drop: ["session", "name"],
  stream_close: [],
  listen: ["channel"],
  desktop_state: [],
  desktop_set: ["change"],
  read_environment: [],
  open_in_editor: ["path", "line?"],
  open_terminal: ["path"],
  take_over: ["project", "task"],
  open_link: ["url"],
  pick_folder: [],
  quit: [],
};
/** Headers of a request that the core takes. */
const HEADERS = ["idempotency-key", "if-none-match", "range"];

export const DESKTOP: DesktopState = {
  settings: {
    notifications: { questions: true, failures: true, limits: true, completed: true },
    theme: "system",
  },
  autostart: false,
  missing: [
    {
      what: "tray_host",
      text: "nothing here shows tray icons: closing the window quits",
      hint: "GNOME shows tray icons with the extension AppIndicator",
      isNew: true,
    },
  ],
  environment: { shell: "/bin/zsh", took: 120 },
  version: "1.0.0",
};

/** The bridge of the desktop app with a fake core at its other end: its commands by their names and arguments. */
export function mockIpc(core: FakeHost) {
  const calls: [string, Args][] = [];
  let stream: AbortController | undefined;
  let listener: Channel | undefined;
  let desktop = DESKTOP;
  const failing = new Map<string, object>();
  const commands: Record<string, (args: Args) => Promise<unknown>> = {
    ask: async ({ method, path, headers = {}, body, base64 }) => {
      if (core.transport.isCut) throw "the app is closing";
      const told = Object.fromEntries(
        Object.entries(headers as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const foreign = Object.keys(told).find((name) => !HEADERS.includes(name));
      if (foreign) throw new Problem("usage", `the header ${foreign} is not known`);
      const type = body === undefined ? "application/octet-stream" : "application/json";
      const bytes = base64 === undefined ? JSON.stringify(body) : Buffer.from(base64, "base64");
      const reply = await answer(core, {
        method,
        path,
        headers: bytes === undefined ? told : { ...told, "content-type": type },
        body: bytes === undefined ? undefined : Buffer.from(bytes),
      });
      const content = Buffer.from(reply.body ?? "");
      const isText = Buffer.from(content.toString()).equals(content);
      return {
        status: reply.status,
        headers: reply.headers,
        ...(isText ? { body: content.toString() } : { base64: content.toString("base64") }),
      };
    },
    stream_open: async ({ lastId, channel }: { lastId?: string; channel: Channel }) => {
      stream?.abort();
      const mine = new AbortController();
      stream = mine;
      const beat = () => channel.told({ id: lastId, event: "beat", data: {} });
      await core.transport.open(lastId, (frame: Frame) => channel.told(frame), beat, mine.signal);
    },
    stream_close: async () => stream?.abort(),
    stream_add: ({ session, name, topic, after }) => core.transport.add(session, { name, topic, after }),
    stream_drop: ({ session, name }) => core.transport.drop(session, name),
    listen: async ({ channel }) => {
      listener = channel;
    },
    desktop_state: async () => desktop,
    desktop_set: async ({ change }) => {
      desktop = { ...desktop, ...change };
      return desktop;
    },
    read_environment: async () => ({ shell: "/bin/zsh", took: 90 }),
    take_over: async () => {
      throw new Problem("missing", "its agent has no session to go on in", "open its folder in a terminal");
    },
    pick_folder: async () => "/home/ada/src/webshop",
  };
  const ipc: Ipc = {
    channel: (told): Channel => ({ told }),
    invoke: async (command, args) => {
      calls.push([command, args]);
      check(command, args);
      const refused = failing.get(command);
      if (refused) throw refused;
      try {
        const told = await commands[command]?.(args);
        // Only what is JSON comes through.
        return told === undefined ? null : JSON.parse(JSON.stringify(told));
      } catch (error) {
        if (error instanceof Problem) throw { code: error.code, message: error.message, hint: error.hint };
        throw error;
      }
    },
  };
  return {
    ipc,
    calls,
    tell: (message: unknown) => listener?.told(message),
    /** Lets a command be refused so, until it is not any more. */
    fail: (command: string, how: { code: string; message: string; hint?: string } | undefined) => {
      if (how) failing.set(command, how);
      else failing.delete(command);
    },
    change: (next: Partial<DesktopState>) => {
      desktop = { ...desktop, ...next };
    },
  };
}

function check(command: string, args: Record<string, unknown>): void {
  const known = ARGUMENTS[command];
  if (!known) throw `command ${command} not found`;
  const given = Object.keys(args).filter((name) => args[name] !== undefined);
  const missing = known.filter((name) => !name.endsWith("?") && !given.includes(name));
  const foreign = given.filter((name) => !known.some((each) => each.replace("?", "") === name));
  if (missing.length + foreign.length > 0) throw `invalid args ${[...missing, ...foreign]} for ${command}`;
}
