import { At, Quiet, Section, Untrusted } from "~/look";
import { Link, toTask } from "~/route";
import { useMessages } from "~/state/messages";
import { isEvent, spoken } from "~/state/talk";
import { en } from "~/words";
import { evidence } from "~/words/en.details";
import { Kind } from "../../talk/Kind";
import type { SlotProps } from "../slots";
import css from "./Messages.module.css";

/** More of a message is on its page. */
const MOST = 600;

/** The latest words on the task's bus; each leads to its thread. */
export function Messages({ task }: SlotProps) {
  const { items } = useMessages(task);
  const words = spoken(items)
    .filter(({ message }) => !isEvent(message))
    .slice(-5);
  const all = <Link to={toTask(task.project, task.task, "messages")}>{evidence.all}</Link>;
  return (
    <Section title={evidence.messages} note={words.length > 0 && all}>
      {words.length === 0 ? (
        <Quiet>{evidence.noMessages}</Quiet>
      ) : (
        words.map(({ message, readAt }) => (
          <Link
            key={message.cursor}
            className={css.message}
            to={toTask(task.project, task.task, "messages", { at: message.msg_id ?? undefined })}
          >
            <Kind message={message} />
            <span className={css.body}>
              <Untrusted text={message.body.slice(0, MOST)} />
              {message.type === "USER" && readAt === undefined && (
                <span className={css.unread}>{en.doing.talk.unread}</span>
              )}
            </span>
            <span className={css.time}>{message.ts && <At at={message.ts} />}</span>
          </Link>
        ))
      )}
    </Section>
  );
}
