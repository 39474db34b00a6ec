import type { Desktop, DesktopSettings, DesktopState, ShellReading } from "../host";
import { asProblem, type Problem } from "../problem";
import { Value } from "../value";
import { call } from "./ask";
import type { Ipc } from "./ipc";

/** The app around the page: its settings, and what its desktop lacks. */
export class IpcDesktop implements Desktop {
  readonly #state = new Value<DesktopState | undefined>(undefined);
  readonly problem = new Value<Problem | undefined>(undefined);
  readonly kept = new Value<{ path: string | null } | undefined>(undefined);

  constructor(readonly ipc: Ipc) {}

  get = () => this.#state.get();
  watch = (listener: () => void) => this.#state.watch(listener);

  async load(): Promise<void> {
    try {
      this.#take(await call(this.ipc, "desktop_state"));
    } catch (error) {
      this.problem.set(asProblem(error));
    }
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

  /** The app tells once that something is new; it stays so for the page, which may not look at the very moment. */
  #take(told: unknown): void {
    const state = told as DesktopState;
    const before = this.get()?.missing ?? [];
    const wasNew = (what: string) => before.some((one) => one.what === what && one.isNew);
    const missing = state.missing.map((one) => ({ ...one, isNew: one.isNew || wasNew(one.what) }));
    this.#state.set({ ...state, missing });
    this.problem.set(undefined);
  }
}
