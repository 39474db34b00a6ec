import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import {
  announce,
  Button,
  EmptyState,
  ErrorState,
  Select,
  Skeleton,
  toastProblem,
  visibleText,
} from "~/look";
import { LongList, type LongListHandle } from "~/look/LongList";
import type { Message } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { keyOf, type TaskRef } from "~/state/keys";
import { useMessages } from "~/state/messages";
import { isEvent, type Spoken, spoken, threadOf } from "~/state/talk";
import { count, en } from "~/words";
import { evidence } from "~/words/en.details";
import { talk } from "~/words/en.talk";
import type { TabProps } from "../centre/tabs";
import { kindWord } from "../talk/Kind";
import { MessageRow } from "../talk/MessageRow";
import css from "./Messages.module.css";

const ALL = "";
const RUNS = "RUNS";
/** Names the row above the first message. */
const BEFORE = "before";
/** So many of those that come at once are read out. */
const SPOKEN = 3;

/** The task's bus: by kind, or one thread of it. */
export default function Messages({ task }: TabProps) {
  const { query } = useRoute();
  return query.at ? <Thread task={task} at={query.at} /> : <Everything task={task} />;
}

function Everything({ task }: { task: TaskRef }) {
  const { items, problem, isLoading, hasEarlier, earlier } = useMessages(task);
  const [kind, setKind] = useState(ALL);
  const all = useMemo(() => spoken(items), [items]);
  const shown = useMemo(
    () => all.filter(({ message }) => kind === ALL || groupOf(message) === kind),
    [all, kind],
  );
  useAnnounced(all);
  if (problem && items.length === 0) return <ErrorState problem={problem} />;
  if (isLoading) return <Skeleton lines={6} />;
  if (items.length === 0) {
    return <EmptyState title={evidence.noMessages}>{talk.noneHint}</EmptyState>;
  }
  const before = hasEarlier ? <Earlier read={earlier} /> : undefined;
  return (
    <div className={css.page}>
      <div className={css.bar}>
        <Select
          aria-label={talk.filter}
          value={kind}
          options={kindsOf(all)}
          onChange={(next) => setKind(next)}
        />
      </div>
      <div className={css.all}>
        {shown.length > 0 ? (
          <Bus task={task} shown={shown} before={before} />
        ) : (
          <>
            {before}
            <EmptyState small title={talk.noneOfKind} />
          </>
        )}
      </div>
    </div>
  );
}

function Earlier({ read }: { read: () => Promise<void> }) {
  const [isAsked, setAsked] = useState(false);
  const ask = async () => {
    setAsked(true);
    await read().catch(toastProblem);
    setAsked(false);
  };
  return (
    <div className={css.earlier}>
      <Button small kind="quiet" pending={isAsked} onClick={() => void ask()}>
        {talk.earlier}
      </Button>
    </div>
  );
}

type BusProps = { task: TaskRef; shown: readonly Spoken[]; before: ReactNode };

/** Messages one after the other, followed at the end; `before`: what stands above the first one. */
function Bus({ task, shown, before }: BusProps) {
  const list = useRef<LongListHandle>(null);
  /** The last message that was seen at the end, while that is out of sight. */
  const [last, setLast] = useState<string>();
  const place = last === undefined ? -1 : placeOf(shown, last);
  const missed = place < 0 ? 0 : shown.length - 1 - place;
  const skipped = before ? 1 : 0;
  const at = (index: number) => shown[index - skipped];
  return (
    <>
      <LongList
        handle={list}
        rows={{
          count: shown.length + skipped,
          keyOf: (index) => at(index)?.message.cursor ?? BEFORE,
          estimate: (index) => heightOf(at(index)?.message),
          isLoose: (index) => index < skipped,
        }}
        version={shown}
        label={en.tabs.messages}
        onSeen={({ isAtEnd }) => {
          if (isAtEnd !== (last === undefined)) setLast(isAtEnd ? undefined : shown.at(-1)?.message.cursor);
        }}
      >
        {(index) => {
          const each = at(index);
          if (!each) return <div key={BEFORE}>{before}</div>;
          return <MessageRow key={each.message.cursor} task={task} spoken={each} />;
        }}
      </LongList>
      {missed > 0 && (
        <div className={css.new}>
          <Button small onClick={() => list.current?.toEnd()}>
            {talk.newer(missed)}
          </Button>
        </div>
      )}
    </>
  );
}

/** Reads out what is said, in batches. */
function useAnnounced(all: readonly Spoken[]): void {
  const told = useRef(all.at(-1)?.message.cursor);
  useEffect(() => {
    const from = placeOf(all, told.current ?? "") + 1;
    told.current = all.at(-1)?.message.cursor;
    if (from === 0) return;
    for (const { message } of all.slice(from).slice(-SPOKEN)) {
      announce(`${kindWord(message)}: ${visibleText(message.body.slice(0, 300))}`);
    }
  }, [all]);
}

function placeOf(all: readonly Spoken[], cursor: string): number {
  return all.findLastIndex(({ message }) => message.cursor === cursor);
}

/** Pixels that a message is taken for before it was drawn. */
function heightOf(message: Message | undefined): number {
  if (!message || isEvent(message)) return 30;
  return 34 + 20 * Math.floor(Math.min(message.body.length, 2000) / 76);
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
          ← {talk.leaveThread}
        </Link>
      </div>
      <div className={css.scroll}>
        {problem && thread.length === 0 && <ErrorState small problem={problem} />}
        <ol className={css.list} aria-label={talk.thread(thread.length)}>
          {thread.map((each) => (
            <li key={each.message.cursor}>
              <MessageRow
                task={task}
                spoken={each}
                isMarked={each.message.msg_id === id || each.message.cursor === at}
              />
            </li>
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
    const title = group === RUNS ? evidence.runs : kindWord(message);
    groups.set(group, { title, n: (groups.get(group)?.n ?? 0) + 1 });
  }
  const each = [...groups].sort((a, b) => a[1].title.localeCompare(b[1].title));
  return [
    { value: ALL, title: `${talk.everything} (${count(all.length)})` },
    ...each.map(([value, { title, n }]) => ({ value, title: `${title} (${count(n)})` })),
  ];
}
