import { goTo } from "../go";
import type { Capabilities } from "../host";
import type { Clock } from "../live/hub";
import { onWake } from "../live/wake";
import { WireHost } from "../wire/host";
import { call, ipcWay } from "./ask";
import { IpcDesktop } from "./desktop";
import type { Ipc } from "./ipc";
import { IpcTransport } from "./transport";

/** What the page is told without having asked. */
type Told = { kind: "go"; to: string } | { kind: "saved"; path: string | null } | { kind: "changed" };

/** The core in the process of the window: docs/desktop.md. */
export class TauriHost extends WireHost {
  readonly capabilities: Capabilities;
  readonly #desktop: IpcDesktop;
  #rest: (() => void) | undefined;

  constructor(
    readonly ipc: Ipc,
    clock?: Clock,
  ) {
    super(ipcWay(ipc), new IpcTransport(ipc), clock);
    this.#desktop = new IpcDesktop(ipc);
    this.capabilities = capabilities(ipc, this.#desktop);
  }

  async start(): Promise<void> {
    this.#rest = onWake(() => this.live.wake());
    const channel = this.ipc.channel((message) => {
      const told = message as Told;
      if (told.kind === "go") goTo(told.to);
      else if (told.kind === "saved") this.#desktop.kept.set({ path: told.path });
      else if (told.kind === "changed") void this.#desktop.load();
    });
    await Promise.all([call(this.ipc, "listen", { channel }).catch(() => undefined), this.#desktop.load()]);
  }

  override stop(): void {
    super.stop();
    this.#rest?.();
  }
}

function capabilities(ipc: Ipc, desktop: IpcDesktop): Capabilities {
  return {
    desktop,
    openInEditor: async (place) => void (await call(ipc, "open_in_editor", place)),
    openTerminal: async (path) => void (await call(ipc, "open_terminal", { path })),
    openLink: async (url) => void (await call(ipc, "open_link", { url })),
    takeOver: async ({ project, task }) => void (await call(ipc, "take_over", { project, task })),
    pickFolder: async () => (await call(ipc, "pick_folder")) as string | null,
    quit: async () => void (await call(ipc, "quit")),
    ownWindow: true,
  };
}
