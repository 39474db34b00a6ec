import type { AttentionItem, Schema } from "~/platform/operations";
import type { AppState } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import { write } from "~/words/en.write";

/** `ANSWER` to the open question, `USER` to the agent, else a message of a kind on the bus. */
export type Kind = keyof typeof write.kinds;

export type Said = {
  kind: Kind;
  text: string;
  links: Schema<"Link">[];
  /** Interrupts the turn for it. */
  now: boolean;
  question?: AttentionItem;
  /** The message that it follows from. */
  parent?: string;
};

/** Says it; returns when it is read, where the agent is told of it: `next_turn`, `now`, `on_resume`, `follow_up`. */
export async function say(app: AppState, ref: TaskRef, said: Said): Promise<string | undefined> {
  const path = { project: ref.project, task: ref.task };
  const { links } = said;
  const names = links.map((link) => link.label ?? link.url).join(", ");
  // Nothing is said without a word.
  const text = said.text.trim() || write.see(names);
  if (said.kind === "ANSWER" && said.question) {
    // An answer has no files of its own: they go before it, so that one prompt carries both.
    if (links.length > 0) {
      const body = { text: write.withAnswer(names), attachments: links };
      await app.host.request("tasks_tell", { path, body });
    }
    await app.attention.answer(said.question, text);
    return undefined;
  }
  if (said.kind === "USER" || said.kind === "ANSWER") {
    const body = { text, now: said.now, attachments: links };
    return (await app.host.request("tasks_tell", { path, body })).read;
  }
  const parents = said.parent ? [{ msg_id: said.parent, kind: "follows" }] : [];
  await app.host.request("messages_post_to_task", {
    path,
    body: { type: said.kind, body: text, links, parents },
  });
  return undefined;
}
