import type { Desktop } from "~/platform/host";
import type { PreferencesStore } from "~/state/preferences";

/**
 * Puts the theme that is set, or the system's, and the density on the page, now and when they change. The window
 * around the page is told.
 */
export function applyTheme(preferences: PreferencesStore, desktop?: Desktop): void {
  const system = window.matchMedia("(prefers-color-scheme: light)");
  const apply = () => {
    const { theme, density } = preferences.value.get();
    document.documentElement.dataset.density = density;
    document.documentElement.dataset.theme = theme === "system" ? (system.matches ? "light" : "dark") : theme;
  };
  apply();
  preferences.value.watch(apply);
  system.addEventListener("change", apply);
  if (desktop) tell(preferences, desktop);
}

/** The colours of the window follow those of the page. */
function tell(preferences: PreferencesStore, desktop: Desktop): void {
  let told: string | undefined;
  const same = () => {
    const settings = desktop.get()?.settings;
    const { theme } = preferences.value.get();
    if (!settings || settings.theme === theme || told === theme) return;
    told = theme;
    void desktop.set({ settings: { ...settings, theme } }).catch(() => undefined);
  };
  preferences.value.watch(same);
  desktop.watch(same);
}
