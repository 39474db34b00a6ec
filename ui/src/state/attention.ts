import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { AttentionItem, Schema } from "~/platform/operations";
import { Value } from "~/platform/value";
import { batched } from "./batch";
import type { Follower } from "./journal";
import { keyOf } from "./keys";

const NEEDY = new Set(["waiting_answer", "waiting_review", "interrupted", "failed", "timed_out"]);

/** What needs a person, the longest wait first. */
export class AttentionStore implements Follower {
  readonly value = new Value<readonly AttentionItem[]>([]);
  readonly #reload = batched(() => void this.load().catch(() => undefined), 100);
  #back: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: Host) {}

  async load(): Promise<void> {
    this.value.set((await this.host.request("attention_list", {})).items);
  }

  apply(changes: Change[]): void {
    const shown = new Set(this.value.get().map(keyOf));
    if (changes.some(({ task }) => NEEDY.has(task.status) || shown.has(keyOf(task)))) this.#reload();
  }

  failed(): void {}

  stop(): void {
    this.#reload.cancel();
    clearTimeout(this.#back);
  }

  async handle(item: AttentionItem, how: Schema<"Handle">): Promise<void> {
    await this.host.request("attention_handle", { path: { id: item.id }, body: how });
    await this.load();
    // Nothing tells when a snoozed item comes back.
    if ("snooze" in how) this.#back = setTimeout(this.#reload, how.snooze.seconds * 1000 + 1000);
  }

  async answer(item: AttentionItem, text: string): Promise<void> {
    const { project, task } = item;
    const question = item.id.startsWith("MSG-") ? item.id : undefined;
    await this.host.request("tasks_answer", { path: { project, task }, body: { text, question } });
    this.value.set(this.value.get().filter((each) => each.id !== item.id));
    this.#reload();
  }
}
