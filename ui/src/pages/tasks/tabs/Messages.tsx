import { useState } from "react";
import { Button, EmptyState, ErrorState, Select, Skeleton, toastProblem } from "~/look";
import type { Message } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { keyOf, type TaskRef } from "~/state/keys";
import { useMessages } from "~/state/messages";
import { isEvent, type Spoken, spoken, threadOf } from "~/state/talk";
import { count, en } from "~/words";
import type { TabProps } from "../centre/tabs";
import { useEndOf } from "../talk/end";
import { kindWord } from "../talk/Kind";
import { MessageRow } from "../talk/MessageRow";
import css from "./Messages.module.css";

const ALL = "";
const RUNS = "RUNS";

/** The task's bus: by kind, or one thread of it. */
export default function Messages({ task }: TabProps) {
  const { query } = useRoute();
  return query.at ? <Thread task={task} at={query.at} /> : <Everything task={task} />;
}

function Everything({ task }: { task: TaskRef }) {
  const { items, problem, isLoading, hasEarlier, earlier } = useMessages(task);
  const [kind, setKind] = useState(ALL);
  const [isAsked, setAsked] = useState(false);
  const { ref, missed, toEnd, onScroll } = useEndOf(items.length);
  if (problem && items.length === 0) return <ErrorState problem={problem} />;
  if (isLoading) return <Skeleton lines={6} />;
  if (items.length === 0) {
    return <EmptyState title={en.evidence.noMessages}>{en.doing.talk.noneHint}</EmptyState>;
  }
  const all = spoken(items);
  const shown = all.filter(({ message }) => kind === ALL || groupOf(message) === kind);
  const before = async () => {
    setAsked(true);
    await earlier().catch(toastProblem);
    setAsked(false);
  };
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <Select
          aria-label={en.doing.talk.filter}
          value={kind}
          options={kindsOf(all)}
          onChange={(next) => setKind(next)}
        />
      </div>
      <div ref={ref} className={css.scroll} onScroll={onScroll}>
        {hasEarlier && (
          <div className={css.earlier}>
            <Button small kind="quiet" pending={isAsked} onClick={() => void before()}>
              {en.doing.talk.earlier}
            </Button>
          </div>
        )}
        {shown.length === 0 && <EmptyState small title={en.doing.talk.noneOfKind} />}
        <div role="log" aria-label={en.tabs.messages}>
          <ol className={css.list}>
            {shown.map((each) => (
              <MessageRow key={each.message.cursor} task={task} spoken={each} />
            ))}
          </ol>
        </div>
        {missed > 0 && (
          <div className={css.new}>
            <Button small onClick={toEnd}>
              {en.doing.talk.newer(missed)}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** What a message, told by its id or cursor, follows from and what follows from it, also what is not among the last. */
function Thread({ task, at }: { task: TaskRef; at: string }) {
  const host = useHost();
  const { items } = useMessages(task);
  const id = items.find(({ cursor }) => cursor === at)?.msg_id ?? at;
  const { data, problem } = useResource(
    `${keyOf(task)}:thread:${id}`,
    () => host.request("messages_thread", { path: { project: task.project, task: task.task, id } }),
    task,
  );
  const { query } = useRoute();
  const all = spoken(merged(data?.items ?? [], items));
  const linked = threadOf(all, id);
  // Text without a record has no id, and nothing follows from it.
  const thread = linked.length > 0 ? linked : all.filter(({ message }) => message.cursor === at);
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <Link to={toTask(task.project, task.task, "messages", { ...query, at: undefined })}>
          ← {en.doing.talk.leaveThread}
        </Link>
      </div>
      <div className={css.scroll}>
        {problem && thread.length === 0 && <ErrorState small problem={problem} />}
        <ol className={css.list} aria-label={en.doing.talk.thread(thread.length)}>
          {thread.map((each) => (
            <MessageRow
              key={each.message.cursor}
              task={task}
              spoken={each}
              isMarked={each.message.msg_id === id || each.message.cursor === at}
            />
          ))}
        </ol>
      </div>
    </div>
  );
}

/** Both, each message once, in the order of the bus. */
function merged(a: readonly Message[], b: readonly Message[]): Message[] {
  const known = new Set(b.map(({ cursor }) => cursor));
  const all = [...a.filter(({ cursor }) => !known.has(cursor)), ...b];
  return all.sort((x, y) => (x.msg_id ?? "").localeCompare(y.msg_id ?? ""));
}

function groupOf(message: Message): string {
  return isEvent(message) ? RUNS : message.type;
}

function kindsOf(all: readonly Spoken[]): { value: string; title: string }[] {
  const groups = new Map<string, { title: string; n: number }>();
  for (const { message } of all) {
    const group = groupOf(message);
    const title = group === RUNS ? en.evidence.runs : kindWord(message);
    groups.set(group, { title, n: (groups.get(group)?.n ?? 0) + 1 });
  }
  const each = [...groups].sort((a, b) => a[1].title.localeCompare(b[1].title));
  return [
    { value: ALL, title: `${en.doing.talk.everything} (${count(all.length)})` },
    ...each.map(([value, { title, n }]) => ({ value, title: `${title} (${count(n)})` })),
  ];
}
