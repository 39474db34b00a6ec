import type { Frame, Transport, Wanted } from "../live/transport";
import { Problem } from "../problem";
import { send, type Way } from "../wire/send";
import { readFrames } from "./sse";

/** The stream of several subscriptions over HTTP: docs/streams.md. */
export class HttpTransport implements Transport {
  constructor(readonly way: Way) {}

  async open(last: string | undefined, frame: (frame: Frame) => void, sign: () => void, end: AbortSignal) {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (last !== undefined) headers["Last-Event-ID"] = last;
    const response = await send(this.way, "streams_session", { signal: end }, headers);
    sign();
    if (!response.body) throw new Problem("unreachable", "the stream has no body");
    await readFrames(response.body, frame, sign);
  }

  async add(session: string, wanted: Wanted) {
    await send(this.way, "streams_subscribe", { path: { session }, body: wanted });
  }

  async drop(session: string, name: string) {
    await send(this.way, "streams_unsubscribe", { path: { session, name } });
  }
}
