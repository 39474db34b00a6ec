import { At, cx, StateGlyph, Untrusted, visibleText } from "~/look";
import type { Message } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { isAsked } from "~/state/attention";
import { useMayChange } from "~/state/hooks";
import type { TaskRef } from "~/state/keys";
import { useSelected } from "~/state/store";
import { isEvent, type Spoken } from "~/state/talk";
import { sentence } from "~/words";
import { talk } from "~/words/en.talk";
import { Body } from "./Body";
import { Kind, kindWord } from "./Kind";
import { Links } from "./Links";
import { replying } from "./replying";
import css from "./talk.module.css";

type Props = { task: TaskRef; spoken: Spoken; isMarked?: boolean };

/** A message: its kind in words, what it follows from, what became of it, what it refers to. */
export function MessageRow({ task, spoken, isMarked }: Props) {
  const { message, parent } = spoken;
  if (isEvent(message)) return <EventRow message={message} />;
  return (
    <article className={cx(css.message, isMarked && css.marked)} aria-label={kindWord(message)}>
      <Kind message={message} />
      <div className={css.body}>
        <Body text={message.body} />
      </div>
      <span className={css.time}>{message.ts && <At at={message.ts} />}</span>
      {parent && <Reference task={task} message={message} parent={parent} />}
      <Links task={task} links={message.links} />
      {message.type === "QUESTION" && <Outcome spoken={spoken} />}
      <About task={task} spoken={spoken} />
    </article>
  );
}

function EventRow({ message }: { message: Message }) {
  const isBad = message.type === "RUN_CRASH";
  return (
    <div className={cx(css.event, isBad && css.bad)}>
      <span className={css.eventWords}>
        {(isBad || !message.body) && kindWord(message)}
        {isBad && message.body && ": "}
        {message.body && <Untrusted text={isBad ? message.body : sentence(message.body)} />}
      </span>
      <span className={css.time}>{message.ts && <At at={message.ts} />}</span>
    </div>
  );
}

/** "answers “Drop the old table?”": leads to the thread. */
function Reference({ task, message, parent }: { task: TaskRef; message: Message; parent: Message }) {
  const kind = message.parents?.[0]?.kind ?? "follows";
  return (
    <ThreadLink task={task} id={parent.msg_id ?? ""} className={css.reference}>
      {`${talk.follows[kind] ?? visibleText(kind)} “${visibleText(parent.body.slice(0, 160))}”`}
    </ThreadLink>
  );
}

type LinkProps = { task: TaskRef; id: string; className?: string; children: React.ReactNode };

function ThreadLink({ task, id, ...rest }: LinkProps) {
  const { query } = useRoute();
  return <Link to={toTask(task.project, task.task, "messages", { ...query, at: id })} {...rest} />;
}

/** What became of a question. An open one is answered below. */
function Outcome({ spoken: { message, answer } }: { spoken: Spoken }) {
  const { attention } = useApp();
  const isOpen = useSelected(attention.value, (items) => isAsked(items, message));
  const words = talk;
  if (answer) {
    const isDefault = answer.meta?.default === true;
    return (
      <p className={css.answered}>
        <StateGlyph glyph="done" />
        <span>
          {words.answeredBy}: <Untrusted text={answer.body} />
          {isDefault && ` ${words.byDefault}`}
        </span>
      </p>
    );
  }
  return <p className={css.answered}>{isOpen ? words.open : words.unanswered}</p>;
}

/** Whether it was read, who posted it, and what can be done with it. */
function About({ task, spoken: { message, readAt } }: { task: TaskRef; spoken: Spoken }) {
  const mayChange = useMayChange();
  const words = talk;
  const id = message.msg_id;
  const reply = () => {
    if (!id) return;
    replying.set({ task, id, kind: kindWord(message), text: message.body.slice(0, 200) });
  };
  return (
    <div className={css.about}>
      {message.type === "USER" && (
        <span>
          {readAt === undefined ? words.unread : words.readAt}
          {readAt && (
            <>
              {" "}
              <At at={readAt} />
            </>
          )}
          {message.meta?.now === true && ` · ${words.now}`}
        </span>
      )}
      {id && mayChange && (
        <button type="button" className={css.quick} onClick={reply}>
          {words.reply}
        </button>
      )}
      {id && (message.parents?.length ?? 0) > 0 && (
        <ThreadLink task={task} id={id} className={css.quick}>
          {words.openThread}
        </ThreadLink>
      )}
    </div>
  );
}
