import type { Host } from "~/platform/host";
import type { Change } from "~/platform/live/live";
import type { AttentionItem, Message, Schema } from "~/platform/operations";
import { asProblem, Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import { en, statusWord, taskName } from "~/words";
import { batched } from "./batch";
import type { Follower } from "./journal";
import { hasEnded, keyOf } from "./keys";

const NEEDY = new Set(["waiting_answer", "waiting_review", "interrupted", "failed", "timed_out"]);
/** Changes that leave a task as it was: what a person did with it, here or elsewhere. */
const DONE_BY_PERSONS = new Set(["task.attention", "task.archived", "task.unarchived"]);
/** Messages among which an answer is looked for. */
const LOOKED_AT = 50;
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

  /** Rejects as `late` where it was answered before, or is not asked any more. */
  async answer(item: AttentionItem, text: string): Promise<void> {
    const { project, task, question } = item;
    try {
      await this.host.request("tasks_answer", { path: { project, task }, body: { text, question } });
    } catch (error) {
      if (asProblem(error).code !== "conflict") throw error;
      this.#reload();
      throw (await this.#late(item)) ?? error;
    }
    this.value.set(this.value.get().filter((each) => each.id !== item.id));
    this.#reload();
  }

  /** What came before an answer; none where the question is open. */
  async #late({ project, task, question }: AttentionItem): Promise<Problem | undefined> {
    const path = { project, task };
    const now = await this.host.request("tasks_show", { path });
    if (question && now.question?.msg_id === question) return undefined;
    const name = taskName(task);
    if (hasEnded(now)) return new Problem("late", en.attention.ended(name, statusWord(now.status)));
    const { items } = await this.host.request("messages_of_task", { path, query: { last: LOOKED_AT } });
    const answers = ({ parents }: Message) =>
      parents?.some(({ msg_id, kind }) => msg_id === question && kind === "answers");
    return new Problem("late", en.attention.late(name, items.find(answers)?.body));
  }
}

/** Whether a message is a question that waits for its answer. */
export function isAsked(items: readonly AttentionItem[], message: Message): boolean {
  return message.msg_id != null && items.some(({ question }) => question === message.msg_id);
}
