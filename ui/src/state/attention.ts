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
/** Milliseconds that what was answered keeps its place: the next one must not slide under a finger that presses twice. */
const REST = 1200;

/** An item as lists show it; with what was just answered it cannot be answered again. */
export type ShownItem = AttentionItem & { answered?: string };

type Held = { item: ShownItem /** Its place in the list; what was put off is in no list. */; at: number };

/** What needs a person, the longest wait first. */
export class AttentionStore implements Follower {
  readonly value = new Value<readonly AttentionItem[]>([]);
  /** The same for lists in which it is answered: what was just answered is there for a while, and its task asks nothing. */
  readonly shown = new Value<readonly ShownItem[]>([]);
  readonly #held = new Map<string, Held>();
  readonly #rests = new Set<ReturnType<typeof setTimeout>>();
  readonly #reload = batched(() => void this.load().catch(() => undefined), 100);
  #turn = 0;
  #back: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly host: Host) {}

  async load(): Promise<void> {
    const turn = ++this.#turn;
    const { items, next_at: nextAt } = await this.host.request("attention_list", {});
    // What was asked for later is newer.
    if (turn !== this.#turn) return;
    this.#set(items);
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
    for (const rest of this.#rests) clearTimeout(rest);
  }

  async handle(item: AttentionItem, how: Schema<"Handle">): Promise<void> {
    await this.host.request("attention_handle", { path: { id: item.id }, body: how });
    await this.load();
  }

  /** Answers once: not while an answer is on its way, nor while it is shown as answered. Rejects as `late` where
      it was answered before, or is not asked any more. */
  async answer(item: AttentionItem, text: string): Promise<void> {
    if (this.isHeld(item)) return;
    const { project, task, question } = item;
    this.#hold(
      item,
      this.shown.get().findIndex((each) => each.id === item.id),
    );
    try {
      await this.host.request("tasks_answer", { path: { project, task }, body: { text, question } });
    } catch (error) {
      this.#release(item.id);
      if (asProblem(error).code !== "conflict") throw error;
      this.#reload();
      throw (await this.#late(item)) ?? error;
    }
    const held = this.#held.get(item.id);
    if (held) held.item = { ...item, answered: text };
    this.#set(this.value.get().filter((each) => each.id !== item.id));
    const rest = setTimeout(() => {
      this.#rests.delete(rest);
      this.#release(item.id);
    }, REST);
    this.#rests.add(rest);
    this.#reload();
  }

  /** Whether it is being answered, or was a moment ago. */
  isHeld({ id }: AttentionItem): boolean {
    return this.#held.has(id);
  }

  #set(items: readonly AttentionItem[]): void {
    this.value.set(items);
    this.#show();
  }

  #hold(item: ShownItem, at: number): void {
    this.#held.set(item.id, { item, at });
  }

  #release(id: string): void {
    const left = this.#held.get(id);
    this.#held.delete(id);
    for (const held of this.#held.values()) if (left && held.at > left.at) held.at -= 1;
    this.#show();
  }

  #show(): void {
    const held = [...this.#held.values()].sort((a, b) => a.at - b.at);
    const tasks = new Set(held.map(({ item }) => keyOf(item)));
    const shown: ShownItem[] = this.value.get().filter((item) => !tasks.has(keyOf(item)));
    for (const { item, at } of held) if (at >= 0) shown.splice(at, 0, item);
    this.shown.set(shown);
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
