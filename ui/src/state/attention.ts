import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { AttentionItem, Message, Schema } from "~/platform/operations";
import { Value } from "~/platform/value";
import { batched } from "./batch";
import type { Follower } from "./journal";
import { keyOf } from "./keys";

const NEEDY = new Set(["waiting_answer", "waiting_review", "interrupted", "failed", "timed_out"]);
/** Changes that leave a task as it was: what a person did with it, here or elsewhere. */
const DONE_BY_PERSONS = new Set(["task.attention", "task.archived", "task.unarchived"]);
/** The longest time that a timer of browsers takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** What needs a person, the longest wait first. */
export class AttentionStore implements Follower {
  readonly value = new Value<readonly AttentionItem[]>([]);
  readonly #reload = batched(() => void this.load().catch(() => undefined), 100);
  #turn = 0;
  #back: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: Host) {}

  async load(): Promise<void> {
    const turn = ++this.#turn;
    const { items, next_at: nextAt } = await this.host.request("attention_list", {});
    // What was asked for later is newer.
    if (turn !== this.#turn) return;
    this.value.set(items);
    clearTimeout(this.#back);
    // Nothing tells when what was put off comes back.
    if (nextAt) {
      const wait = Date.parse(nextAt) - this.host.now() + 1000;
      this.#back = setTimeout(this.#reload, Math.min(Math.max(wait, 1000), LONGEST));
    }
  }

  apply(changes: Change[]): void {
    const shown = new Set(this.value.get().map(keyOf));
    const concerns = ({ kind, task }: Change) =>
      DONE_BY_PERSONS.has(kind) || NEEDY.has(task.status) || shown.has(keyOf(task));
    if (changes.some(concerns)) this.#reload();
  }

  failed(): void {}

  stop(): void {
    this.#reload.cancel();
    clearTimeout(this.#back);
  }

  async handle(item: AttentionItem, how: Schema<"Handle">): Promise<void> {
    await this.host.request("attention_handle", { path: { id: item.id }, body: how });
    await this.load();
  }

  async answer(item: AttentionItem, text: string): Promise<void> {
    const { project, task, question } = item;
    await this.host.request("tasks_answer", { path: { project, task }, body: { text, question } });
    this.value.set(this.value.get().filter((each) => each.id !== item.id));
    this.#reload();
  }
}

/** Whether a message is a question that waits for its answer. */
export function isAsked(items: readonly AttentionItem[], message: Message): boolean {
  return message.msg_id != null && items.some(({ question }) => question === message.msg_id);
}
