import type { FakeHost } from "~/platform/fake";
import type { Frame } from "~/platform/live/transport";
import type { Operation } from "~/platform/operations";
import { Problem } from "~/platform/problem";
import type { Ipc } from "~/platform/tauri/ipc";

type Channel = { told(message: unknown): void; end: AbortController };
// biome-ignore lint/suspicious/noExplicitAny: what comes over the bridge has no types.
type Args = any;

/** A bridge with a fake core at its other end. */
export function mockIpc(core: FakeHost): Ipc {
  const commands: Record<string, (args: Args) => Promise<unknown>> = {
    request: ({ operation, input }) => core.request(operation as Operation, input),
    file: async ({ operation, input, range }) => {
      const part = await core.file(operation, input, range);
      return { ...part, bytes: [...part.bytes] };
    },
    stream_open: ({ last, channel }: { last?: string; channel: Channel }) =>
      core.transport.open(
        last,
        (frame: Frame) => channel.told(frame),
        () => channel.told(null),
        channel.end.signal,
      ),
    stream_close: async ({ channel }) => channel.end.abort(),
    stream_add: ({ session, wanted }) => core.transport.add(session, wanted),
    stream_drop: ({ session, name }) => core.transport.drop(session, name),
    capabilities: async () => ["openInEditor"],
    open_in_editor: async () => undefined,
  };
  return {
    channel: (told): Channel => ({ told, end: new AbortController() }),
    invoke: async (command, args) => {
      try {
        const answer = await commands[command]?.(args);
        // Only what is JSON comes through.
        return answer === undefined ? null : JSON.parse(JSON.stringify(answer));
      } catch (error) {
        if (error instanceof Problem) throw { code: error.code, message: error.message, hint: error.hint };
        throw error;
      }
    },
  };
}
