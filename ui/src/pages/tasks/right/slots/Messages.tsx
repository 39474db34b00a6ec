import { At, Section, Untrusted } from "~/look";
import { Link, toTask } from "~/route";
import { useMessages } from "~/state/messages";
import { en } from "~/words";
import type { SlotProps } from "../slots";
import css from "./Messages.module.css";

const HELD = 100;

/** The latest words on the task's bus. */
export function Messages({ task }: SlotProps) {
  const messages = useMessages(task, HELD);
  const said = messages.items.filter((message) => !message.type.startsWith("RUN_"));
  const items = said.slice(-5);
  // The page holds the last ones alone: more of them are not counted.
  const number = said.length < HELD ? String(said.length) : `${HELD}+`;
  const all = (
    <Link className={css.all} to={toTask(task.project, task.task, "messages")}>
      {en.evidence.all} {number}
    </Link>
  );
  return (
    <Section title={en.evidence.messages} note={items.length > 0 && all}>
      {items.length === 0
        ? en.evidence.noMessages
        : items.map((message) => (
            <div key={message.cursor} className={css.message}>
              <span className={css.type} data-type={message.type}>
                {en.message[message.type] ?? message.type}
              </span>
              <span className={css.body}>
                <Untrusted text={message.body} />
              </span>
              <span className={css.time}>{message.ts && <At at={message.ts} />}</span>
            </div>
          ))}
    </Section>
  );
}
