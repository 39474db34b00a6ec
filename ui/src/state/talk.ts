import type { Message } from "~/platform/operations";

/** What a message is to the others on its bus. */
export type Spoken = {
  message: Message;
  /** When it was put into a prompt; of a person's words alone. */
  readAt?: string;
  /** The first answer to it. */
  answer?: Message;
  /** What it follows from, as far as that is known here. */
  parent?: Message;
};

/** Types that say when something ran, not what somebody said. */
const EVENTS = new Set(["RUN_START", "RUN_STOP", "RUN_CRASH"]);

export function isEvent({ type }: Message): boolean {
  return EVENTS.has(type);
}

/** The messages that a person reads: receipts become part of what they are receipts of. */
export function spoken(items: readonly Message[]): Spoken[] {
  const byId = new Map(items.flatMap((message) => (message.msg_id ? [[message.msg_id, message]] : [])));
  const readAt = new Map<string, string>();
  const answers = new Map<string, Message>();
  for (const message of items) {
    for (const { msg_id: id, kind } of message.parents ?? []) {
      if (kind === "receipt" && !readAt.has(id)) readAt.set(id, message.ts ?? "");
      if (kind === "answers" && !answers.has(id)) answers.set(id, message);
    }
  }
  return items
    .filter((message) => !isReceipt(message))
    .map((message) => ({
      message,
      readAt: readAt.get(message.msg_id ?? ""),
      answer: answers.get(message.msg_id ?? ""),
      parent: byId.get(message.parents?.[0]?.msg_id ?? ""),
    }));
}

function isReceipt({ parents }: Message): boolean {
  return parents?.some(({ kind }) => kind === "receipt") ?? false;
}

/** What a person said last to the agent, and when that was put into a prompt. */
export function lastWord(items: readonly Message[]): Spoken | undefined {
  return spoken(items).findLast(({ message }) => message.type === "USER");
}

/** All that a message follows from and that follows from it, in the order of the bus. */
export function threadOf(all: readonly Spoken[], id: string): Spoken[] {
  const wanted = new Set([id]);
  const linked = ({ message }: Spoken) => {
    const parents = (message.parents ?? []).map(({ msg_id }) => msg_id);
    if (message.msg_id && wanted.has(message.msg_id)) for (const parent of parents) wanted.add(parent);
    if (message.msg_id && parents.some((parent) => wanted.has(parent))) wanted.add(message.msg_id);
  };
  let before = 0;
  while (wanted.size !== before) {
    before = wanted.size;
    for (const each of all) linked(each);
  }
  return all.filter(({ message }) => message.msg_id && wanted.has(message.msg_id));
}
