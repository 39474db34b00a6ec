import { Problem } from "../problem";
import type { Way } from "../wire/send";
import type { Ipc } from "./ipc";

/** What `ask` answers: its body is text where it is UTF-8. */
type Answer = { status: number; headers: Record<string, string>; body?: string; base64?: string };

/** Answers that have no body. */
const BARE = new Set([204, 205, 304]);
/** Bytes that become characters at once. */
const STEP = 0x8000;

/** Requests through the window's own process: docs/decisions/0016. */
export function ipcWay(ipc: Ipc): Way {
  return async ({ method, path, headers, body, signal }) => {
    const given = body instanceof Blob ? { base64: await base64Of(body) } : { body };
    signal?.throwIfAborted();
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const args = { method, path, headers: Object.fromEntries(named), ...given };
    const answer = call(ipc, "ask", args) as Promise<Answer>;
    const { status, headers: told, body: text, base64 } = await unlessAborted(answer, signal);
    const content = base64 === undefined ? text : bytesOf(base64);
    return new Response(BARE.has(status) ? null : content, { status, headers: told });
  };
}

/** Calls a command; a refusal is a `Problem`. */
export async function call(ipc: Ipc, command: string, args: Record<string, unknown> = {}): Promise<unknown> {
  try {
    return await ipc.invoke(command, args);
  } catch (error) {
    const told = error as { code?: string; message?: string; hint?: string } | null;
    if (told && typeof told === "object" && told.code) {
      throw new Problem(told.code, told.message ?? told.code, told.hint ?? undefined);
    }
    throw new Problem("unreachable", error instanceof Error ? error.message : String(error));
  }
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) {
    text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return btoa(text);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
