import type { Desktop, DesktopSettings, DesktopState, ShellReading } from "../host";
import { Value } from "../value";
import { call } from "./ask";
import type { Ipc } from "./ipc";

/** The app around the page: its settings, and what its desktop lacks. */
export class IpcDesktop implements Desktop {
  readonly #state = new Value<DesktopState | undefined>(undefined);

  constructor(readonly ipc: Ipc) {}

  get = () => this.#state.get();
  watch = (listener: () => void) => this.#state.watch(listener);

  async load(): Promise<void> {
    this.#take(await call(this.ipc, "desktop_state"));
  }

  async set(change: { settings?: DesktopSettings; autostart?: boolean }): Promise<void> {
    this.#take(await call(this.ipc, "desktop_set", { change }));
  }

  async readEnvironment(): Promise<ShellReading> {
    const environment = (await call(this.ipc, "read_environment")) as ShellReading;
    const state = this.get();
    if (state) this.#state.set({ ...state, environment });
    return environment;
  }

  #take(told: unknown): void {
    this.#state.set(told as DesktopState);
  }
}
