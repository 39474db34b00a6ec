import { useMemo } from "react";
import type { Host, Readable } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { Message } from "~/platform/operations";
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
const NONE: Messages = { items: [], isLoading: true, hasEarlier: false };

/** A task's bus: its last messages, and those that come while it is shown. Who shows it shares one subscription. */
export type Feed = Readable<Messages> & {
  /** Reads the messages before these, from the beginning. */
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
  let isWhole = false;
  let users = 0;
  /** The attempt that is under way; what an earlier one brings is not taken. */
  let turn = 0;
  let subscription: Subscription | undefined;
  let leave: (() => void) | undefined;
  const publish = batched(() => value.set({ items, isLoading: false, hasEarlier }), 50);

  const add = (message: Message) => {
    items = [...items, message];
    if (!isWhole && items.length > 2 * PAGE) {
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
      isWhole = !hasEarlier;
      value.set({ items, isLoading: false, hasEarlier });
      subscription = host.live.subscribe(
        { kind: "messages", project, task },
        (event) => {
          if (event.kind === "message") add(event.data);
          // What is there of the bus follows.
          if (event.kind === "resync") [items, hasEarlier, isWhole] = [[], false, true];
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
      const first = items[0]?.cursor;
      const before: Message[] = [];
      let after: string | undefined;
      for (;;) {
        const page = await host.request("messages_of_task", { path, query: { after, limit: PAGE } });
        const at = page.items.findIndex(({ cursor }) => cursor === first);
        before.push(...(at < 0 ? page.items : page.items.slice(0, at)));
        if (at >= 0 || page.items.length < PAGE || !page.next) break;
        after = page.next;
      }
      if (mine !== turn) return;
      items = [...before, ...items];
      [hasEarlier, isWhole] = [false, true];
      publish();
    },
  };
}
