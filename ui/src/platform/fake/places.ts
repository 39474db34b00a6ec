import type { Capabilities, Desktop, DesktopState } from "../host";
import { EditorLink } from "../http/editor";
import { browserNotifications } from "../http/notifications";
import type { Problem } from "../problem";
import { Value } from "../value";

/** What a browser can do beside the core. */
export function browser(): Capabilities {
  return {
    notifications: browserNotifications(),
    editorAddress: new EditorLink(),
    openLink: async () => undefined,
  };
}

/** What the desktop app can do beside the core; nothing is opened. */
export function desktop(): Capabilities {
  return {
    desktop: fakeDesktop(),
    openInEditor: async () => undefined,
    openTerminal: async () => undefined,
    takeOver: async () => undefined,
    pickFolder: async () => "/home/ada/src/webshop",
    openLink: async () => undefined,
    quit: async () => undefined,
    ownWindow: true,
  };
}

function fakeDesktop(): Desktop {
  const state = new Value<DesktopState | undefined>({
    settings: {
      notifications: { questions: true, failures: true, limits: true, completed: false },
      quiet: { from: "22:00", to: "07:30" },
      theme: "system",
    },
    autostart: true,
    missing: [
      {
        what: "tray",
        text: "this desktop shows no tray icons",
        hint: "an extension of the desktop adds them",
        isNew: false,
      },
    ],
    environment: { shell: "/usr/bin/zsh", took: 240 },
    version: "0.0.0-fake",
  });
  return {
    get: state.get,
    watch: state.watch,
    problem: new Value<Problem | undefined>(undefined),
    kept: new Value<{ path: string | null } | undefined>(undefined),
    load: async () => undefined,
    set: async ({ settings, autostart }) => {
      const now = state.get();
      if (!now) return;
      state.set({
        ...now,
        settings: settings ?? now.settings,
        autostart: autostart ?? now.autostart,
      });
    },
    readEnvironment: async () => ({ shell: "/usr/bin/zsh", took: 210 }),
  };
}
