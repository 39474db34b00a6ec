import { createHash } from "node:crypto";
import type { FakeHost } from "~/platform/fake";
import type { Operation } from "~/platform/operations";
import { OPERATIONS } from "~/platform/operations.gen";
import { asProblem, Problem } from "~/platform/problem";

export type Asked = {
  method: string;
  /** With its query. */
  path: string;
  /** By their names in lower case. */
  headers: Record<string, string | undefined>;
  body?: Uint8Array;
};

export type Reply = { status: number; headers: Record<string, string>; body?: string | Uint8Array };

const ROUTES = Object.entries(OPERATIONS).map(([operation, [method, path]]) => ({
  operation: operation as Operation,
  method,
  pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}));

const STATUS: Record<string, number> = {
  usage: 400,
  unauthorized: 401,
  not_found: 404,
  conflict: 409,
  range_not_satisfiable: 416,
};

/** What the core's router answers, by a fake core: docs/api.md. Streams are none of it. */
export async function answer(core: FakeHost, asked: Asked): Promise<Reply> {
  try {
    return await routed(core, asked);
  } catch (error) {
    return refusal(asProblem(error));
  }
}

export function refusal({ code, message, hint }: Problem): Reply {
  const status = STATUS[code] ?? 500;
  const body = JSON.stringify({ type: "about:blank", title: code, status, code, detail: message, hint });
  return { status, headers: { "content-type": "application/problem+json" }, body };
}

async function routed(core: FakeHost, { method, path: address, headers, body }: Asked): Promise<Reply> {
  const url = new URL(address, "http://server");
  const found = ROUTES.find((route) => route.method === method && route.pattern.test(url.pathname));
  if (!found) throw new Problem("not_found", url.pathname);
  const { operation } = found;
  const path = decoded(found.pattern.exec(url.pathname)?.groups);
  if (/_file(_of_task)?$/.test(operation)) return file(core, operation, path, headers.range);
  const given = parsed(body, headers["content-type"]);
  if (operation === "streams_subscribe") {
    await core.transport.add(path.session ?? "", given as never);
    return json(201, { name: (given as { name: string }).name });
  }
  if (operation === "streams_unsubscribe") {
    await core.transport.drop(path.session ?? "", path.name ?? "");
    return { status: 204, headers: {} };
  }
  const query = Object.fromEntries([...url.searchParams].map(([name, value]) => [name, typed(name, value)]));
  const told = await core.request(operation, { path, query, body: given } as never);
  if (told === undefined) return { status: 204, headers: {} };
  return tagged(told, headers["if-none-match"]);
}

/** An answer with a tag; nothing but that where the client has it. */
function tagged(told: unknown, known: string | undefined): Reply {
  const reply = json(200, told);
  const etag = `"${createHash("sha1")
    .update(reply.body ?? "")
    .digest("hex")}"`;
  if (etag === known) return { status: 304, headers: { etag } };
  return { ...reply, headers: { ...reply.headers, etag } };
}

async function file(core: FakeHost, operation: string, path: object, range = ""): Promise<Reply> {
  const whole = await core.file(operation as "tasks_file", { path } as never);
  const type = { "content-type": "text/plain" };
  const asked = /bytes=(\d*)-(\d*)/.exec(range);
  if (!asked) return { status: 200, headers: type, body: whole.bytes };
  const from = asked[1] ? Number(asked[1]) : Math.max(0, whole.total - Number(asked[2]));
  const to = asked[1] && asked[2] ? Number(asked[2]) + 1 : whole.total;
  if (from >= whole.total) throw new Problem("range_not_satisfiable", "no such bytes");
  const told = { "content-range": `bytes ${from}-${to - 1}/${whole.total}` };
  return { status: 206, headers: { ...type, ...told }, body: whole.bytes.slice(from, to) };
}

function json(status: number, body: unknown): Reply & { body: string } {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function parsed(body: Uint8Array | undefined, type = ""): unknown {
  if (!body || (body.length === 0 && !type)) return undefined;
  if (type.includes("octet-stream")) return new Blob([body as Uint8Array<ArrayBuffer>]);
  return JSON.parse(new TextDecoder().decode(body));
}

function decoded(groups: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

function typed(name: string, value: string): unknown {
  if (["limit", "last", "context"].includes(name)) return Number(value);
  if (value === "true" || value === "false") return value === "true";
  return value;
}
