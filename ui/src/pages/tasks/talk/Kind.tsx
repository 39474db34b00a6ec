import { visibleText } from "~/look";
import type { Message } from "~/platform/operations";
import { useApp } from "~/state/app";
import { isAsked } from "~/state/attention";
import { useSelected } from "~/state/store";
import { en } from "~/words";
import css from "./Kind.module.css";

/** What sort of message it is, in words. */
export function Kind({ message }: { message: Message }) {
  const { attention } = useApp();
  // A question that waits for its answer; one that has it is as quiet as the rest.
  const isOpen = useSelected(attention.value, (items) => isAsked(items, message));
  return (
    <span className={css.kind} data-type={message.type} data-open={isOpen || undefined}>
      {kindWord(message)}
    </span>
  );
}

export function kindWord({ type }: Message): string {
  return en.message[type] ?? visibleText(type);
}
