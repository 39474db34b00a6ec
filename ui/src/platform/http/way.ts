import { isAborted, Problem } from "../problem";
import type { Way } from "../wire/send";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Requests over HTTP, with a token where there is one. */
export function httpWay(base: string, token: () => string | undefined, fetch: Fetch): Way {
  return async ({ method, path, headers: given, body, signal }) => {
    const headers = { ...given };
    const held = token();
    if (held) headers.Authorization = `Bearer ${held}`;
    const sent = bodyOf(body, headers);
    try {
      return await fetch(base + path, {
        method,
        headers,
        body: sent,
        signal,
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
      });
    } catch (error) {
      if (isAborted(error)) throw error;
      throw new Problem("unreachable", "the server does not answer", "is `run-agent serve` running?");
    }
  };
}

/** The token that a request was sent with. */
export function bearerOf({ headers }: RequestInit): string | undefined {
  return new Headers(headers).get("Authorization")?.slice("Bearer ".length);
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
