import { useEffect } from "react";
import type { AppState } from "~/state/app";
import { usePreferences } from "~/state/hooks";
import type { Preferences } from "~/state/preferences";
import type { Action } from "./action";
import { overlay, question, taskDialog } from "./overlay";
import { allActions, contextOf, perform, possible } from "./registry";

/** What was pressed, as actions name it: `mod+k`, `shift+arrowdown`, `?`. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // A sign like `?` holds its shift already.
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
}

/** The key of an action as it is set; none where it has none or letters are off. */
export function keyFor(action: Action, { keys, letters }: Preferences): string | undefined {
  const key = keys[action.id] ?? action.keys;
  if (!key || (!letters && isLetter(key))) return undefined;
  return key;
}

/** The key of an action as it is set now. */
export function useKeyOf(id: string): string | undefined {
  const [preferences] = usePreferences();
  const action = allActions().find((each) => each.id === id);
  return action && keyFor(action, preferences);
}

/** Whether a key acts without Ctrl and would be typed otherwise. */
export function isLetter(keys: string): boolean {
  return keys.length === 1;
}

/** Runs actions by their keys, anywhere on the page. */
export function useKeys(app: AppState): void {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const key = pressed(event);
      if (!key.startsWith("mod+") && isTyping(event.target)) return;
      if (key.startsWith("arrow") && !isForList(event.target)) return;
      // What was asked for may still be on its way: what is typed is meant for it.
      const isAsked = overlay.get() ?? taskDialog.get() ?? question.get();
      if (isAsked || document.querySelector("[data-dialog]")) return;
      const action = find(app, key);
      if (!action) return;
      event.preventDefault();
      void perform(action, app);
    };
    document.addEventListener("keydown", down);
    return () => document.removeEventListener("keydown", down);
  }, [app]);
}

function find(app: AppState, key: string): Action | undefined {
  const preferences = app.preferences.value.get();
  const also = (action: Action) =>
    action.also?.some((each) => each === key && (preferences.letters || !isLetter(each)));
  return possible(contextOf(app))
    .reverse()
    .find((action) => keyFor(action, preferences) === key || also(action));
}

/** Arrows go through a list from within it, or from nowhere; what else has the focus scrolls by them. */
function isForList(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof Element && target.closest("[data-arrows]") !== null);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input, textarea, select") ||
      target.closest("[role=menu]") !== null)
  );
}
