/** What of Tauri's bridge is used. */
export interface Ipc {
  invoke(command: string, args: Record<string, unknown>): Promise<unknown>;
  /** A channel whose messages go to `told`: what a command is given to send more than one answer. */
  channel(told: (message: unknown) => void): unknown;
}

type Internals = {
  invoke(command: string, args: Record<string, unknown>): Promise<unknown>;
  transformCallback(callback: (message: unknown) => void, once: boolean): number;
};

/** The bridge of the window that this page is in; none in a browser. */
export function windowIpc(): Ipc | undefined {
  const internals = (globalThis as { __TAURI_INTERNALS__?: Internals }).__TAURI_INTERNALS__;
  if (!internals) return undefined;
  return {
    invoke: (command, args) => internals.invoke(command, args),
    channel: (told) => {
      // As Tauri's own Channel: messages carry their number and may overtake each other.
      let next = 0;
      const early = new Map<number, unknown>();
      const id = internals.transformCallback((raw) => {
        const { index, message } = raw as { index: number; message?: unknown };
        early.set(index, message);
        while (early.has(next)) {
          const ready = early.get(next);
          early.delete(next++);
          if (ready !== undefined) told(ready);
        }
      }, false);
      return { toJSON: () => `__CHANNEL__:${id}`, __TAURI_TO_IPC_KEY__: () => `__CHANNEL__:${id}` };
    },
  };
}
