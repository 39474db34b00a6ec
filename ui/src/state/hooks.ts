import { useEffect, useMemo } from "react";
import type { AccessState } from "~/platform/host";
import type { Schema, TaskDetail, TaskView } from "~/platform/operations";
import { useApp, useHost } from "./app";
import { keyOf, type TaskRef } from "./keys";
import type { Preferences } from "./preferences";
import type { Resource } from "./resources";
import { useReadable, useSelected } from "./store";

export function useTask(ref: TaskRef | undefined): TaskView | undefined {
  return useSelected(useApp().tasks.value, ({ byKey }) => ref && byKey.get(keyOf(ref)));
}

/** An answer of the core that is read again when `of` changes. */
export function useResource<T>(name: string, load: () => Promise<T>, of?: TaskRef): Resource<T> {
  return useReadable(useApp().resources.of(name, load, of));
}

/** Everything about a task. */
export function useDetail(ref: TaskRef): Resource<TaskDetail> {
  const host = useHost();
  return useResource(`${keyOf(ref)}:detail`, () => host.request("tasks_show", { path: ref }), ref);
}

/** Reads an answer anew when the window is looked at again, and when it is shown again: its source is a file. */
export function useFresh(name: string): void {
  const { resources } = useApp();
  useEffect(() => {
    const again = () => resources.invalidate(name);
    window.addEventListener("focus", again);
    return () => window.removeEventListener("focus", again);
  }, [resources, name]);
}

/** The configuration in force; only a full token may read it. */
export function useConfiguration(): Resource<Schema<"SettingsView">> {
  const host = useHost();
  return useResource("configuration", () => host.request("system_config", {}));
}

export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const { preferences } = useApp();
  return [useReadable(preferences.value), (change) => preferences.set(change)];
}

const OPEN: AccessState = { state: "open", mayChange: true };
const open = { get: () => OPEN, watch: () => () => undefined };

export function useAccess(): AccessState {
  const { access } = useHost().capabilities;
  return useReadable(access ?? open);
}

/** Whether what changes things is shown. */
export function useMayChange(): boolean {
  return useAccess().mayChange;
}

/** Whether a part that opens and closes is open, kept for the next visit. */
export function useOpen(name: string, first: boolean): [boolean, (open: boolean) => void] {
  const { preferences } = useApp();
  const isOpen = useSelected(preferences.value, (value) => value.open[name] ?? first);
  const set = useMemo(
    () => (next: boolean) => preferences.set({ open: { ...preferences.value.get().open, [name]: next } }),
    [preferences, name],
  );
  return [isOpen, set];
}
