import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { AttentionItem } from "~/platform/operations";
import { print, toTask } from "~/route";
import { en, taskName } from "~/words";
import type { AttentionStore } from "./attention";
import type { Follower } from "./journal";
import { hasEnded } from "./keys";
import { lookedAt } from "./looked-at";
import type { Preferences, PreferencesStore } from "./preferences";
import { read, write } from "./storage";
import type { TasksStore } from "./tasks";

const TOLD = "told";
/** So many ids of what was told are kept, so that it is told once, in all tabs. */
const KEPT = 200;
/** Milliseconds after the last completion in which nothing else may begin. */
const REST = 3_000;

/** Tells by the system's notifications who needs a person, while the page is not looked at. */
export class Notifier implements Follower {
  #isFirst = true;
  #completed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: Host,
    readonly attention: AttentionStore,
    readonly tasks: TasksStore,
    readonly preferences: PreferencesStore,
  ) {}

  start(): () => void {
    const leave = this.attention.value.watch(() => this.#look());
    return () => {
      leave();
      clearTimeout(this.#timer);
    };
  }

  async load(): Promise<void> {}

  failed(): void {}

  apply(changes: Change[]): void {
    const done = changes.filter(({ kind, news }) => news && kind === "task.completed").length;
    if (done === 0) return;
    this.#completed += done;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#digest(), REST);
  }

  /** What was there when the page was opened is seen on it, and is no news. */
  #look(): void {
    const told = new Set(read<string[]>(TOLD) ?? []);
    const fresh = this.attention.value.get().filter(({ id }) => !told.has(id));
    if (fresh.length === 0 && !this.#isFirst) return;
    write(TOLD, [...told, ...fresh.map(({ id }) => id)].slice(-KEPT));
    const isNews = !this.#isFirst;
    this.#isFirst = false;
    if (!isNews || !this.#mayTell()) return;
    const { kinds } = this.preferences.value.get().notify;
    for (const item of fresh) if (kinds[item.kind] ?? true) this.#tell(item);
  }

  #tell(item: AttentionItem): void {
    const title = en.notify[item.kind](taskName(item.task));
    const address = print(toTask(item.project, item.task));
    this.host.capabilities.notifications?.show({ id: item.id, title, body: item.text, address });
  }

  #digest(): void {
    const isBusy = [...this.tasks.value.get().byKey.values()].some((task) => !hasEnded(task));
    if (isBusy) return;
    const n = this.#completed;
    this.#completed = 0;
    if (!this.preferences.value.get().notify.digest || !this.#mayTell()) return;
    const title = en.notify.digest(n);
    this.host.capabilities.notifications?.show({
      id: "digest",
      title,
      body: en.notify.digestText,
      address: "/tasks",
    });
  }

  #mayTell(): boolean {
    const { notify } = this.preferences.value.get();
    const isAllowed = this.host.capabilities.notifications?.get() === "allowed";
    return isAllowed && notify.isOn && !lookedAt.get() && !isQuiet(notify, new Date(this.host.now()));
  }
}

/** Whether it is within the quiet hours, which may go over midnight. */
export function isQuiet({ quiet }: Preferences["notify"], at: Date): boolean {
  if (!quiet) return false;
  const now = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const { from, to } = quiet;
  return from <= to ? now >= from && now < to : now >= from || now < to;
}
