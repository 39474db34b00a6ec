import type { Readable } from "~/platform/host";

/** Whether somebody looks at the page: its window is shown, not in the tray, and has the focus. */
export const lookedAt: Readable<boolean> = {
  get: () => document.visibilityState === "visible" && document.hasFocus(),
  watch: (listener) => {
    const ends = new AbortController();
    const { signal } = ends;
    document.addEventListener("visibilitychange", listener, { signal });
    window.addEventListener("focus", listener, { signal });
    window.addEventListener("blur", listener, { signal });
    return () => ends.abort();
  },
};
