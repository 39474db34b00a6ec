import { useCallback, useMemo, useSyncExternalStore } from "react";

/** One column: phones and narrow windows. */
export const NARROW = "(max-width: 720px)";
/** No room for the details beside the task. */
export const NO_SIDE = "(max-width: 1179px)";

export function useMedia(query: string): boolean {
  const media = useMemo(() => window.matchMedia(query), [query]);
  const watch = useCallback(
    (listener: () => void) => {
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [media],
  );
  return useSyncExternalStore(watch, () => media.matches);
}
