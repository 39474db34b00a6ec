import { At, EmptyState, ErrorState, Skeleton, Untrusted } from "~/look";
import { useMessages } from "~/state/messages";
import { en } from "~/words";
import type { TabProps } from "../centre/tabs";
import css from "./Messages.module.css";

/** The task's bus. */
export default function Messages({ task }: TabProps) {
  const { items, problem, isLoading } = useMessages(task);
  if (problem && items.length === 0) return <ErrorState problem={problem} />;
  if (isLoading) return <Skeleton lines={6} />;
  if (items.length === 0) return <EmptyState title={en.evidence.noMessages} />;
  return (
    <div className={css.list} role="log" aria-label={en.tabs.messages}>
      <ol>
        {items.map((message) => (
          <li key={message.cursor} className={css.message}>
            <span className={css.type}>{en.message[message.type] ?? message.type}</span>
            <span className={css.body}>
              <Untrusted text={message.body} links />
            </span>
            <span className={css.time}>{message.ts && <At at={message.ts} />}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
