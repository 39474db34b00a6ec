import { At, Section, Untrusted } from "~/look";
import { Link, toTask } from "~/route";
import { useMessages } from "~/state/messages";
import { en } from "~/words";
import type { SlotProps } from "../slots";
import css from "./Messages.module.css";

/** The latest words on the task's bus. */
export function Messages({ task }: SlotProps) {
  const messages = useMessages(task);
  const items = messages.items.filter((message) => !message.type.startsWith("RUN_")).slice(-5);
  const all = <Link to={toTask(task.project, task.task, "messages")}>{en.evidence.all}</Link>;
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
