import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeHost } from "~/platform/fake";
import { asProblem, Problem } from "~/platform/problem";
import { answer, refusal } from "./router";

/** A server that speaks the core's protocol for a fake core: docs/api.md, docs/streams.md. */
export async function serve(core: FakeHost, token: string) {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "GET", url = "/", headers } = request;
    if (headers.authorization !== `Bearer ${token}`) throw new Problem("unauthorized", "no token");
    if (url === "/api/v1/stream") return stream(request, response);
    const told = await answer(core, {
      method,
      path: url,
      headers: headers as Record<string, string>,
      body: await bodyOf(request),
    });
    response.writeHead(told.status, told.headers).end(told.body);
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

  const server = createServer((request, response) => {
    if (core.transport.isCut) return request.socket.destroy();
    respond(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      const { status, headers, body } = refusal(asProblem(error));
      response.writeHead(status, headers).end(body);
    });
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

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
