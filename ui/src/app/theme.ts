import type { PreferencesStore } from "~/state/preferences";

/** Puts the theme that is set, or the system's, and the density on the page, now and when they change. */
export function applyTheme(preferences: PreferencesStore): void {
  const system = window.matchMedia("(prefers-color-scheme: light)");
  const apply = () => {
    const { theme, density } = preferences.value.get();
    document.documentElement.dataset.density = density;
    document.documentElement.dataset.theme = theme === "system" ? (system.matches ? "light" : "dark") : theme;
  };
  apply();
  preferences.value.watch(apply);
  system.addEventListener("change", apply);
}
