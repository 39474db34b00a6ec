import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]';

export function focusable(within: HTMLElement): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(FOCUSABLE)];
}

/** Puts the focus into what opens, and back where it was when it closes. */
export function useFocusIn(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const within = ref.current;
    if (within && !within.contains(document.activeElement)) {
      const first = within.querySelector<HTMLElement>("[data-autofocus]") ?? focusable(within)[0] ?? within;
      first.focus();
    }
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, [ref]);
}

/** Keeps Tab within an element. */
export function keepTab(
  event: { key: string; shiftKey: boolean; preventDefault(): void },
  within: HTMLElement,
): void {
  if (event.key !== "Tab") return;
  const all = focusable(within);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (all.length > 0 && document.activeElement !== edge && within.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}

/** Calls `close` when something outside is pressed. */
export function useOutside(ref: RefObject<HTMLElement | null>, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const pressed = (event: PointerEvent) => {
      if (!ref.current?.contains(event.target as Node)) latest.current();
    };
    document.addEventListener("pointerdown", pressed, true);
    return () => document.removeEventListener("pointerdown", pressed, true);
  }, [ref]);
}
