import { createContext, type ReactNode, useContext } from "react";
import type { Host } from "~/platform/host";
import { AttentionStore } from "./attention";
import { onBack } from "./back";
import { Fault } from "./fault";
import { Journal } from "./journal";
import { Notifier } from "./notify";
import { PreferencesStore } from "./preferences";
import { Resources } from "./resources";
import { RunsStore } from "./runs";
import { TasksStore } from "./tasks";

/** Everything that the page knows, over one host. */
export class AppState {
  readonly tasks: TasksStore;
  readonly attention: AttentionStore;
  readonly runs: RunsStore;
  readonly resources = new Resources();
  readonly preferences = new PreferencesStore();
  readonly notifier: Notifier;
  readonly journal: Journal;
  readonly fault: Fault;
  readonly #ends: (() => void)[] = [];

  constructor(readonly host: Host) {
    this.tasks = new TasksStore(host);
    this.attention = new AttentionStore(host);
    this.runs = new RunsStore(host);
    this.notifier = new Notifier(host, this.attention, this.tasks, this.preferences);
    const followers = [this.tasks, this.attention, this.runs, this.resources, this.notifier];
    this.journal = new Journal(host, followers);
    this.fault = new Fault(host, () => {
      this.resources.retry();
      void this.journal.start();
    });
  }

  async start(): Promise<void> {
    this.#ends.push(this.preferences.start(), this.notifier.start(), this.fault.start());
    await this.host.start();
    const { access } = this.host.capabilities;
    let wasOpen = !access || access.get().state === "open";
    if (access) {
      const changed = () => {
        const isOpen = access.get().state === "open";
        if (isOpen && !wasOpen) void this.journal.start();
        wasOpen = isOpen;
      };
      this.#ends.push(access.watch(changed));
    }
    this.#ends.push(onBack(this.host.live, () => this.#back()));
    if (wasOpen) await this.journal.start();
  }

  /** What could not be read while the way was cut is read now. */
  #back(): void {
    this.resources.retry();
    void this.attention.load().catch(() => undefined);
    void this.runs.load().catch(() => undefined);
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.journal.stop();
    this.attention.stop();
    this.resources.stop();
    this.host.stop();
  }
}

const Context = createContext<AppState | null>(null);

export function AppProvider({ app, children }: { app: AppState; children: ReactNode }) {
  return <Context value={app}>{children}</Context>;
}

export function useApp(): AppState {
  const app = useContext(Context);
  if (!app) throw new Error("no AppProvider around this component");
  return app;
}

export function useHost(): Host {
  return useApp().host;
}
