import type { AnyInput, Operation } from "../operations";
import { OPERATIONS } from "../operations.gen";
import { Problem } from "../problem";

/** A request to the core: docs/api.md. Its body is bytes, or what becomes JSON. */
export type Asked = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
};

/** How a request comes to the core. Rejects with a `Problem` where nobody answers; a refusal is an answer. */
export type Way = (asked: Asked) => Promise<Response>;

/** An answer that says that what the client has still holds. */
export const NOT_MODIFIED = 304;

/** Sends one operation; a refusal is thrown as the core's own problem. */
export async function send(
  way: Way,
  operation: Operation,
  input: AnyInput,
  more: Record<string, string> = {},
): Promise<Response> {
  const [method, path] = OPERATIONS[operation];
  const headers = { ...more };
  if (input.idempotencyKey) headers["Idempotency-Key"] = input.idempotencyKey;
  const { body, signal } = input;
  const response = await way({ method, path: address(path, input), headers, body, signal });
  if (!response.ok && response.status !== NOT_MODIFIED) throw await problemOf(response);
  return response;
}

/** An operation's address with the names in its path and its query. */
export function address(path: string, input: AnyInput): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => segment(input.path?.[name] ?? ""));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** One part of a path: one that would lead elsewhere names nothing. */
function segment(name: string): string {
  if (["", ".", ".."].includes(name)) throw new Problem("not_found", `"${name}" is no name`);
  return encodeURIComponent(name);
}

async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => undefined)) as
    | { code?: string; detail?: string; title?: string; hint?: string }
    | undefined;
  if (told?.code)
    return new Problem(told.code, told.detail ?? told.title ?? told.code, told.hint ?? undefined);
  const gone = response.status >= 502;
  return new Problem(
    gone ? "unreachable" : "io",
    `the server answers ${response.status} ${response.statusText}`.trim(),
  );
}
