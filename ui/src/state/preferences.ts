import { Value } from "~/platform/value";
import { read, write } from "./storage";

export type Theme = "system" | "light" | "dark";

/** `airy` has larger text and rows. */
export type Density = "dense" | "airy";

/** What is told by notifications of the system. */
export type NotifyPreferences = {
  isOn: boolean;
  /** By kind of what needs a person; absent: told. */
  kinds: Record<string, boolean>;
  /** One word when nothing else runs. */
  digest: boolean;
  /** Times of the day, "22:00". */
  quiet?: { from: string; to: string };
};

/** What a person set for this page, in this browser. */
export type Preferences = {
  theme: Theme;
  density: Density;
  notify: NotifyPreferences;
  leftWidth: number;
  rightWidth: number;
  showDetails: boolean;
  /** Whether single letters act. */
  letters: boolean;
  /** Keys by action, where they differ from the action's own; empty: none. */
  keys: Record<string, string>;
  /** Open parts of the tree and of the details, by name. */
  open: Record<string, boolean>;
  fleetColumns: 1 | 2 | 3;
};

const FIRST: Preferences = {
  theme: "system",
  density: "dense",
  notify: { isOn: true, kinds: {}, digest: true },
  leftWidth: 272,
  rightWidth: 320,
  showDetails: true,
  letters: true,
  keys: {},
  open: {},
  fleetColumns: 3,
};

const KEY = "preferences";

export class PreferencesStore {
  readonly value = new Value<Preferences>({ ...FIRST, ...read<Partial<Preferences>>(KEY) });

  /** Takes over what another tab of the page set. */
  start(): () => void {
    const told = (event: StorageEvent) => {
      if (event.key?.endsWith(KEY)) this.value.set({ ...FIRST, ...read<Partial<Preferences>>(KEY) });
    };
    window.addEventListener("storage", told);
    return () => window.removeEventListener("storage", told);
  }

  set(change: Partial<Preferences>): void {
    this.value.set({ ...this.value.get(), ...change });
    write(KEY, this.value.get());
  }
}
