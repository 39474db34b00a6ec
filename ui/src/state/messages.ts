import { useMemo } from "react";
import type { Host, Readable } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { Input, Message } from "~/platform/operations";
import { asProblem, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";
import { useHost } from "./app";
import { onBack } from "./back";
import { batched } from "./batch";
import { keyOf, type TaskRef } from "./keys";
import { useReadable } from "./store";

export type Messages = {
  items: readonly Message[];
  problem?: Problem;
  isLoading: boolean;
  /** Whether there are earlier ones than these. */
  hasEarlier: boolean;
};

/** As many as the core gives at once. */
const LAST = 200;
const PAGE = 500;
const FEW = 20;
const NONE: Messages = { items: [], isLoading: true, hasEarlier: false };

/** A task's bus: its last messages, and those that come while it is shown. Who shows it shares one subscription. */
export type Feed = Readable<Messages> & {
  /** Reads some of the messages before these. */
  earlier(): Promise<void>;
};

export function useMessages(ref: TaskRef): Messages & Pick<Feed, "earlier"> {
  const host = useHost();
  const key = keyOf(ref);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a task is told by its key.
  const feed = useMemo(() => feedOf(host, ref), [host, key]);
  return { ...useReadable(feed), earlier: feed.earlier };
}

const feeds = new WeakMap<Host, Map<string, Feed>>();

function feedOf(host: Host, ref: TaskRef): Feed {
  const own = feeds.get(host) ?? new Map<string, Feed>();
  feeds.set(host, own);
  const key = keyOf(ref);
  const feed = own.get(key) ?? messageFeed(host, ref, () => own.delete(key));
  own.set(key, feed);
  return feed;
}

/** Reads the last messages when the first user comes, then follows the bus until the last one is gone. */
export function messageFeed(host: Host, { project, task }: TaskRef, left?: () => void): Feed {
  const value = new Value<Messages>(NONE);
  const path = { project, task };
  let items: Message[] = [];
  let hasEarlier = false;
  /** Whether all that is there stays; else no more than some pages of the last ones do. */
  let isKept = false;
  let users = 0;
  /** The attempt that is under way; what an earlier one brings is not taken. */
  let turn = 0;
  let subscription: Subscription | undefined;
  let leave: (() => void) | undefined;
  const publish = batched(() => value.set({ items, isLoading: false, hasEarlier }), 50);

  const add = (message: Message) => {
    items = [...items, message];
    if (!isKept && items.length > 2 * PAGE) {
      items = items.slice(-PAGE);
      hasEarlier = true;
    }
  };
  const begin = async () => {
    const mine = ++turn;
    subscription?.close();
    subscription = undefined;
    try {
      const page = await host.request("messages_of_task", { path, query: { last: LAST } });
      if (mine !== turn) return;
      items = page.items;
      hasEarlier = items.length >= LAST;
      isKept = !hasEarlier;
      value.set({ items, isLoading: false, hasEarlier });
      subscription = host.live.subscribe(
        { kind: "messages", project, task },
        (event) => {
          if (event.kind === "message") add(event.data);
          // What is there of the bus follows.
          if (event.kind === "resync") [items, hasEarlier, isKept] = [[], false, true];
          // It is no more: what comes is read when the way is back.
          if (event.kind === "problem" || event.kind === "end") subscription = undefined;
          publish();
        },
        page.next ?? undefined,
      );
    } catch (error) {
      if (mine === turn) value.set({ items, problem: asProblem(error), isLoading: false, hasEarlier });
    }
  };
  const end = () => {
    turn += 1;
    leave?.();
    publish.cancel();
    subscription?.close();
    subscription = undefined;
    left?.();
  };
  return {
    get: value.get,
    watch: (listener) => {
      const unwatch = value.watch(listener);
      users += 1;
      if (users === 1) {
        void begin();
        leave = onBack(host.live, () => {
          if (!subscription) void begin();
        });
      }
      return () => {
        unwatch();
        users -= 1;
        if (users === 0) end();
      };
    },
    earlier: async () => {
      const mine = turn;
      // What a person asked for is not dropped again, nor what it goes before.
      isKept = true;
      const page = await pageBefore(items, (query) => host.request("messages_of_task", { path, query }));
      if (mine !== turn) return;
      const known = new Set(items.map(({ cursor }) => cursor));
      items = [...page.items.filter(({ cursor }) => !known.has(cursor)), ...items];
      hasEarlier = page.hasEarlier;
      publish();
    },
  };
}

type Query = NonNullable<Input<"messages_of_task">["query"]>;
type Ask = (query: Query) => Promise<{ items: Message[]; next?: string | null }>;
type Before = { items: Message[]; hasEarlier: boolean };

/** Some of the messages before those that are known, up to the first of these: about a page of them. */
async function pageBefore(known: readonly Message[], ask: Ask): Promise<Before> {
  const first = known[0]?.cursor;
  const isFirst = ({ cursor }: Message) => cursor === first;
  const { items: last } = await ask({ last: PAGE });
  const at = last.findIndex(isFirst);
  if (at > 0) return { items: last.slice(0, at), hasEarlier: last.length >= PAGE };

  // A bus is read onwards alone: from a time as long before as a page of what is known took, or longer.
  const { items: oldest } = await ask({ limit: FEW });
  const most = oldest.findIndex(isFirst);
  if (most >= 0) return { items: oldest.slice(0, most), hasEarlier: false };
  const [begin, from, to] = [oldest, known, known.slice(0, PAGE).toReversed()].map(timeOf) as Times;
  for (let span = Math.max(1000, to - from); from - span > begin; span *= 2) {
    const since = new Date(from - span).toISOString();
    const { items: start } = await ask({ since, limit: 1 });
    if (start[0] && !isFirst(start[0])) {
      return { items: [...start, ...(await onwards(start[0].cursor, isFirst, ask))], hasEarlier: true };
    }
  }
  return { items: await onwards(undefined, isFirst, ask), hasEarlier: false };
}

/** The messages after one, or from the beginning, up to where it ends. */
async function onwards(
  from: string | undefined,
  isEnd: (message: Message) => boolean,
  ask: Ask,
): Promise<Message[]> {
  const all: Message[] = [];
  let after = from;
  for (;;) {
    const page = await ask({ after, limit: PAGE });
    const end = page.items.findIndex(isEnd);
    all.push(...(end < 0 ? page.items : page.items.slice(0, end)));
    if (end >= 0 || page.items.length < PAGE || !page.next) return all;
    after = page.next;
  }
}

type Times = [number, number, number];

/** Of the first one that tells it; else not a number. */
function timeOf(messages: readonly Message[]): number {
  return Date.parse(messages.find(({ ts }) => ts)?.ts ?? "");
}
