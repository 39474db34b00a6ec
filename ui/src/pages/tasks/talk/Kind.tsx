import { visibleText } from "~/look";
import type { Message } from "~/platform/operations";
import { en } from "~/words";
import css from "./Kind.module.css";

/** What sort of message it is, in words. */
export function Kind({ message }: { message: Message }) {
  return (
    <span className={css.kind} data-type={message.type}>
      {kindWord(message)}
    </span>
  );
}

export function kindWord({ type }: Message): string {
  return en.message[type] ?? visibleText(type);
}
