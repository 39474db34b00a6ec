import type { ByteRange, Capabilities, FileOperation, FilePart, Host } from "../host";
import { type Clock, Hub } from "../live/hub";
import type { Frame, Transport, Wanted } from "../live/transport";
import type { AnyInput, Input, Operation, Output } from "../operations";
import { Problem } from "../problem";
import type { Ipc } from "./ipc";

/**
 * The core in the same window. Commands: `request {operation, input}` answers as the operation does;
 * `attach {operation, input, bytes}` for bodies of bytes; `file {operation, input, range}`;
 * `stream_open {last, channel}` sends frames until `stream_close`, and `null` as a sign of life;
 * `stream_add`, `stream_drop`. A refusal is `{code, message, hint}`.
 */
export class TauriHost implements Host {
  readonly live: Hub;

  constructor(
    readonly ipc: Ipc,
    readonly capabilities: Capabilities,
    clock?: Clock,
  ) {
    this.live = new Hub(new TauriTransport(ipc), clock);
  }

  async start(): Promise<void> {}

  stop(): void {
    this.live.stop();
  }

  now(): number {
    return Date.now();
  }

  async request<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const { path, query, body, idempotencyKey, signal } = input as AnyInput;
    const given = { path, query, idempotencyKey };
    const answer =
      body instanceof Blob
        ? call(this.ipc, "attach", {
            operation,
            input: given,
            bytes: [...new Uint8Array(await body.arrayBuffer())],
          })
        : call(this.ipc, "request", { operation, input: { ...given, body } });
    return (await unlessAborted(answer, signal)) as Output<O>;
  }

  async file<O extends FileOperation>(operation: O, input: Input<O>, range?: ByteRange): Promise<FilePart> {
    const { path, query, signal } = input as AnyInput;
    const part = call(this.ipc, "file", { operation, input: { path, query }, range });
    const told = (await unlessAborted(part, signal)) as Omit<FilePart, "bytes"> & {
      bytes: ArrayLike<number>;
    };
    return { ...told, bytes: Uint8Array.from(told.bytes) };
  }
}

/** What the window adds to the core; it asks which of it this system can do. */
export async function tauriCapabilities(ipc: Ipc): Promise<Capabilities> {
  const able = new Set((await call(ipc, "capabilities", {})) as string[]);
  const all: Capabilities = {
    openInEditor: async (place) => void (await call(ipc, "open_in_editor", place)),
    openLink: async (url) => void (await call(ipc, "open_link", { url })),
    takeOver: async (task) => void (await call(ipc, "take_over", task)),
    pickFolder: async () => (await call(ipc, "pick_folder", {})) as string | null,
  };
  const there = Object.entries(all).filter(([name]) => able.has(name));
  return { ...Object.fromEntries(there), ownWindow: true };
}

class TauriTransport implements Transport {
  constructor(readonly ipc: Ipc) {}

  async open(last: string | undefined, frame: (frame: Frame) => void, sign: () => void, end: AbortSignal) {
    const channel = this.ipc.channel((message) => {
      sign();
      if (message !== null) frame(message as Frame);
    });
    const close = () => void call(this.ipc, "stream_close", { channel }).catch(() => undefined);
    end.addEventListener("abort", close, { once: true });
    await call(this.ipc, "stream_open", { last, channel });
  }

  async add(session: string, wanted: Wanted) {
    await call(this.ipc, "stream_add", { session, wanted });
  }

  async drop(session: string, name: string) {
    await call(this.ipc, "stream_drop", { session, name });
  }
}

async function call(ipc: Ipc, command: string, args: Record<string, unknown>): Promise<unknown> {
  try {
    return await ipc.invoke(command, args);
  } catch (error) {
    const told = error as { code?: string; message?: string; hint?: string };
    if (told && typeof told === "object" && told.code) {
      throw new Problem(told.code, told.message ?? told.code, told.hint ?? undefined);
    }
    throw new Problem("unreachable", String(error));
  }
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException("aborted", "AbortError"));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    answer.then(resolve, reject);
  });
}
