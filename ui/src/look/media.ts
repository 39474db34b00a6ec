import { useSyncExternalStore } from "react";

/** One column: phones and narrow windows. */
export const NARROW = "(max-width: 720px)";
/** No room for the details beside the task. */
export const NO_SIDE = "(max-width: 1179px)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}
