import type { AnyInput, Operation } from "../operations";
import { OPERATIONS } from "../operations.gen";
import { isAborted, Problem } from "../problem";

/** Where the core answers and with which token. */
export type Way = { base: string; token(): string | undefined; fetch: typeof fetch };

export type More = { headers?: Record<string, string>; address?: string };

/** Sends one operation; a refusal is thrown as the core's own problem. */
export async function send(
  way: Way,
  operation: Operation,
  input: AnyInput,
  more: More = {},
): Promise<Response> {
  const [method, path] = OPERATIONS[operation];
  const headers: Record<string, string> = { ...more.headers };
  const token = way.token();
  if (token) headers.Authorization = `Bearer ${token}`;
  if (input.idempotencyKey) headers["Idempotency-Key"] = input.idempotencyKey;
  const body = bodyOf(input.body, headers);
  const response = await reach(way, way.base + address(path, input), {
    method,
    headers,
    body,
    signal: input.signal,
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function reach(way: Way, url: string, init: RequestInit): Promise<Response> {
  try {
    return await way.fetch(url, { ...init, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new Problem("unreachable", "the server does not answer", "is `run-agent serve` running?");
  }
}

function bodyOf(body: unknown, headers: Record<string, string>): BodyInit | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Blob) {
    headers["Content-Type"] = "application/octet-stream";
    return body;
  }
  headers["Content-Type"] = "application/json";
  return JSON.stringify(body);
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
