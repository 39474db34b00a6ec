import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeHost } from "~/platform/fake";
import type { Operation } from "~/platform/operations";
import { OPERATIONS } from "~/platform/operations.gen";
import { asProblem, Problem } from "~/platform/problem";

/** A server that speaks the core's protocol for a fake core: docs/api.md, docs/streams.md. */
export async function serve(core: FakeHost, token: string) {
  const routes = Object.entries(OPERATIONS).map(([operation, [method, path]]) => ({
    operation: operation as Operation,
    method,
    pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
  }));

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://server");
    if (request.headers.authorization !== `Bearer ${token}`) throw new Problem("unauthorized", "no token");
    const found = routes.find(
      ({ method, pattern }) => method === request.method && pattern.test(url.pathname),
    );
    if (!found) throw new Problem("not_found", url.pathname);
    const path = decoded(found.pattern.exec(url.pathname)?.groups);
    if (found.operation === "streams_session") return stream(request, response);
    const body = await bodyOf(request);
    if (found.operation === "streams_subscribe") {
      await core.transport.add(path.session ?? "", body as never);
      return json(response, 201, { name: (body as { name: string }).name });
    }
    if (found.operation === "streams_unsubscribe") {
      await core.transport.drop(path.session ?? "", path.name ?? "");
      return response.writeHead(204).end();
    }
    if (/_file(_of_task)?$/.test(found.operation)) return file(request, response, found.operation, path);
    const query = Object.fromEntries(
      [...url.searchParams].map(([name, value]) => [name, typed(name, value)]),
    );
    const told = await core.request(found.operation, { path, query, body } as never);
    if (told === undefined) response.writeHead(204).end();
    else json(response, 200, told);
  };

  const stream = async (request: IncomingMessage, response: ServerResponse) => {
    const last = request.headers["last-event-id"] as string | undefined;
    const end = new AbortController();
    response.on("close", () => end.abort());
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("retry: 1000\n\n");
    await core.transport.open(
      last,
      ({ id, event, data }) =>
        response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
      () => response.write(": \n\n"),
      end.signal,
    );
    response.destroy();
  };

  const file = async (
    request: IncomingMessage,
    response: ServerResponse,
    operation: string,
    path: object,
  ) => {
    const whole = await core.file(operation as "tasks_file", { path } as never);
    const asked = /bytes=(\d*)-(\d*)/.exec(request.headers.range ?? "");
    if (!asked) return response.writeHead(200, { "Content-Type": "text/plain" }).end(whole.bytes);
    const from = asked[1] ? Number(asked[1]) : Math.max(0, whole.total - Number(asked[2]));
    const to = asked[1] && asked[2] ? Number(asked[2]) + 1 : whole.total;
    if (from >= whole.total) throw new Problem("range_not_satisfiable", "no such bytes");
    const range = `bytes ${from}-${to - 1}/${whole.total}`;
    response
      .writeHead(206, { "Content-Type": "text/plain", "Content-Range": range })
      .end(whole.bytes.slice(from, to));
  };

  const server = createServer((request, response) => {
    if (core.transport.isCut) return request.socket.destroy();
    answer(request, response).catch((error: unknown) => refuse(response, asProblem(error)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const STATUS: Record<string, number> = {
  usage: 400,
  unauthorized: 401,
  not_found: 404,
  conflict: 409,
  range_not_satisfiable: 416,
};

function refuse(response: ServerResponse, { code, message, hint }: Problem): void {
  if (response.headersSent) return void response.destroy();
  const status = STATUS[code] ?? 500;
  const body = JSON.stringify({ type: "about:blank", title: code, status, code, detail: message, hint });
  response.writeHead(status, { "Content-Type": "application/problem+json" }).end(body);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text ? JSON.parse(text) : undefined;
}

function decoded(groups: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

function typed(name: string, value: string): unknown {
  if (["limit", "last"].includes(name)) return Number(value);
  if (value === "true" || value === "false") return value === "true";
  return value;
}
