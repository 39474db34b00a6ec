import { type KeyboardEvent as ReactKeyboardEvent, useEffect } from "react";
import type { AppState } from "~/state/app";
import { usePreferences } from "~/state/hooks";
import type { Preferences } from "~/state/preferences";
import type { Action } from "./action";
import type { DeclaredId } from "./declared";
import { overlay, question, taskDialog } from "./overlay";
import { contextOf, everyAction, perform, possible } from "./registry";

/** What was pressed, as actions name it: `mod+k`, `shift+arrowdown`, `?`. */
export function pressed(event: KeyboardEvent | ReactKeyboardEvent): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // A sign like `?` holds its shift already.
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift");
  return [...parts, key].join("+");
}

/** The key of an action as it is set; none where it has none or letters are off. */
export function keyFor(
  action: Pick<Action, "id" | "keys">,
  { keys, letters }: Preferences,
): string | undefined {
  const key = keys[action.id] ?? action.keys;
  if (!key || (!letters && isLetter(key))) return undefined;
  return key;
}

/** Tells the keys of actions as they are set now. */
export function useKeyNames(): (id: string) => string | undefined {
  const [preferences] = usePreferences();
  return (id) => {
    const action = everyAction().find((each) => each.id === id);
    return action && keyFor(action, preferences);
  };
}

/** The key of an action as it is set now. */
export function useKeyOf(id: string): string | undefined {
  return useKeyNames()(id);
}

/** Tells whether what was pressed is the key of an action: for what acts where it has the focus. */
export function useIsKey(): (event: ReactKeyboardEvent, id: DeclaredId) => boolean {
  const keyOf = useKeyNames();
  return (event, id) => keyOf(id) === pressed(event);
}

/** Whether a key acts without Ctrl and would be typed otherwise. */
export function isLetter(keys: string): boolean {
  return /^(shift\+)?.$/.test(keys);
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
