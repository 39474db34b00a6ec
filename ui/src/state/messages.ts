import { useEffect, useState } from "react";
import type { Host } from "~/platform/host";
import type { Subscription } from "~/platform/live/live";
import type { Message } from "~/platform/operations";
import { asProblem, type Problem } from "~/platform/problem";
import { useHost } from "./app";
import { onBack } from "./back";
import { batched } from "./batch";
import { keyOf, type TaskRef } from "./keys";

export type Messages = { items: readonly Message[]; problem?: Problem; isLoading: boolean };

/** More are kept no longer than the page shows them. */
const MOST = 500;
const NONE: Messages = { items: [], isLoading: true };

/** The last messages of a task's bus, and those that come while it is shown. */
export function useMessages(ref: TaskRef, last = 100): Messages {
  const host = useHost();
  const key = keyOf(ref);
  const [told, setTold] = useState<{ key: string; messages: Messages }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a task is told by its key.
  useEffect(
    () => followMessages(host, ref, last, (messages) => setTold({ key, messages })),
    [host, key, last],
  );
  return told?.key === key ? told.messages : NONE;
}

/** Reads the last messages, then follows the bus from there; returns what ends it. */
export function followMessages(
  host: Host,
  ref: TaskRef,
  last: number,
  tell: (messages: Messages) => void,
): () => void {
  const { project, task } = ref;
  let items: Message[] = [];
  let isOver = false;
  let subscription: Subscription | undefined;
  const publish = batched(() => !isOver && tell({ items, isLoading: false }), 50);
  const begin = async () => {
    subscription?.close();
    try {
      const page = await host.request("messages_of_task", { path: { project, task }, query: { last } });
      if (isOver) return;
      items = page.items;
      publish();
      subscription = host.live.subscribe(
        { kind: "messages", project, task },
        (event) => {
          if (event.kind === "message") items = [...items, event.data].slice(-MOST);
          // What is there of the bus follows.
          if (event.kind === "resync") items = [];
          publish();
        },
        page.next ?? undefined,
      );
    } catch (error) {
      subscription = undefined;
      if (!isOver) tell({ items, problem: asProblem(error), isLoading: false });
    }
  };
  void begin();
  const leave = onBack(host.live, () => {
    if (!subscription) void begin();
  });
  return () => {
    isOver = true;
    leave();
    publish.cancel();
    subscription?.close();
  };
}
