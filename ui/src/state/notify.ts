import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { AttentionItem } from "~/platform/operations";
import { print, toTask } from "~/route";
import { en, taskName } from "~/words";
import type { AttentionStore } from "./attention";
import type { Follower } from "./journal";
import { isAtWork } from "./keys";
import { lookedAt } from "./looked-at";
import type { Preferences, PreferencesStore } from "./preferences";
import { read, write } from "./storage";
import type { TasksStore } from "./tasks";

const TOLD = "told";
/** So many ids of what was told are kept beside those that are still on the list: what is snoozed comes back. */
const KEPT = 200;
/** Milliseconds after the last change in which nothing else may begin. */
const REST = 3_000;

/** Tells by the system's notifications who needs a person, while the page is not looked at. */
export class Notifier implements Follower {
  #isFirst = true;
  #completed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #morning: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: Host,
    readonly attention: AttentionStore,
    readonly tasks: TasksStore,
    readonly preferences: PreferencesStore,
  ) {}

  start(): () => void {
    const again = () => this.#again();
    const leaves = [
      this.attention.value.watch(() => this.#look()),
      this.preferences.value.watch(again),
      lookedAt.watch(again),
    ];
    return () => {
      for (const leave of leaves) leave();
      clearTimeout(this.#timer);
      clearTimeout(this.#morning);
    };
  }

  async load(): Promise<void> {}

  failed(): void {}

  apply(changes: Change[]): void {
    this.#completed += changes.filter(({ kind, news }) => news && kind === "task.completed").length;
    if (this.#completed === 0) return;
    // Whatever changed may be the last that was at work.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#digest(), REST);
  }

  /** What may be told, or is looked at, is another now. */
  #again(): void {
    if (this.#isFirst) return;
    this.#look();
    this.#digest();
  }

  /** Takes as told what is told now, and what a person looks at; what is kept quiet is told afterwards. */
  #look(): void {
    const told = new Set(read<string[]>(TOLD) ?? []);
    const items = this.attention.value.get();
    const fresh = items.filter(({ id }) => !told.has(id));
    const may = this.#may();
    // What was there when the page was opened is seen on it, and is no news.
    const isSeen = may === "seen" || (this.#isFirst && document.visibilityState === "visible");
    this.#isFirst = false;
    if (fresh.length === 0) return;
    if (isSeen || may === "tell") {
      const listed = new Set(items.map(({ id }) => id));
      const gone = [...told].filter((id) => !listed.has(id)).slice(-KEPT);
      write(TOLD, [...gone, ...listed]);
    }
    if (isSeen) return;
    if (may === "quiet") this.#wait();
    if (may !== "tell") return;
    const { kinds } = this.preferences.value.get().notify;
    for (const item of fresh) if (kinds[item.kind] ?? true) this.#tell(item);
  }

  #tell(item: AttentionItem): void {
    const title = en.notify[item.kind](taskName(item.task));
    const address = print(toTask(item.project, item.task));
    this.host.capabilities.notifications?.show({ id: item.id, title, body: item.text, address });
  }

  #digest(): void {
    if (this.#completed === 0) return;
    const may = this.#may();
    if (may === "seen") this.#completed = 0;
    // Tasks of another root are only looked at.
    const isBusy = [...this.tasks.value.get().byKey.values()].some((task) => !task.root && isAtWork(task));
    if (isBusy || may === "seen") return;
    if (may === "quiet") return this.#wait();
    const n = this.#completed;
    this.#completed = 0;
    if (may !== "tell" || !this.preferences.value.get().notify.digest) return;
    const title = en.notify.digest(n);
    this.host.capabilities.notifications?.show({
      id: "digest",
      title,
      body: en.notify.digestText,
      address: "/tasks",
    });
  }

  /** Looks again when the quiet hours are over. */
  #wait(): void {
    const { quiet } = this.preferences.value.get().notify;
    if (!quiet) return;
    clearTimeout(this.#morning);
    const now = this.host.now();
    this.#morning = setTimeout(() => this.#again(), endOf(quiet.to, new Date(now)) - now);
  }

  /** `seen`: the page is looked at. `quiet`: later. `off`: not at all. */
  #may(): "seen" | "off" | "quiet" | "tell" {
    const { notify } = this.preferences.value.get();
    if (lookedAt.get()) return "seen";
    if (!notify.isOn || this.host.capabilities.notifications?.get() !== "allowed") return "off";
    return isQuiet(notify, new Date(this.host.now())) ? "quiet" : "tell";
  }
}

/** When a time of the day is next, in milliseconds. */
function endOf(time: string, now: Date): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const end = new Date(now);
  end.setHours(hours, minutes, 0, 0);
  if (end <= now) end.setDate(end.getDate() + 1);
  return end.getTime();
}

/** Whether it is within the quiet hours, which may go over midnight. */
export function isQuiet({ quiet }: Preferences["notify"], at: Date): boolean {
  if (!quiet) return false;
  const now = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const { from, to } = quiet;
  return from <= to ? now >= from && now < to : now >= from || now < to;
}
