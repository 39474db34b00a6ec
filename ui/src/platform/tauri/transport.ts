import type { Frame, Transport, Wanted } from "../live/transport";
import { call } from "./ask";
import type { Ipc } from "./ipc";

/** The one stream of the window, on a channel. Its frames are those of docs/streams.md; a `beat` is its sign of life. */
export class IpcTransport implements Transport {
  #turn = 0;

  constructor(readonly ipc: Ipc) {}

  async open(last: string | undefined, frame: (frame: Frame) => void, sign: () => void, end: AbortSignal) {
    const turn = ++this.#turn;
    const channel = this.ipc.channel((message) => {
      if (end.aborted) return;
      sign();
      frame(message as Frame);
    });
    // One that is opened anew replaces the one before: to close it then would close the new one.
    const close = () =>
      queueMicrotask(() => {
        if (turn === this.#turn) void call(this.ipc, "stream_close").catch(() => undefined);
      });
    end.addEventListener("abort", close, { once: true });
    await call(this.ipc, "stream_open", { channel, lastId: last });
  }

  async add(session: string, { name, topic, after }: Wanted) {
    await call(this.ipc, "stream_add", { session, name, topic, after });
  }

  async drop(session: string, name: string) {
    await call(this.ipc, "stream_drop", { session, name });
  }
}
