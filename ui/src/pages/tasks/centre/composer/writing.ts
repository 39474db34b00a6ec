import { useState } from "react";
import { isAnswerable } from "~/parts/reply";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { moveDraft, useDraft } from "~/state/drafts";
import { keyOf } from "~/state/keys";
import { useReadable, useSelected } from "~/state/store";
import { replying } from "../../talk/replying";
import type { Kind } from "./send";

export const POSTED: Kind[] = ["FACT", "DECISION", "REVIEW", "ISSUE", "PROGRESS", "INFO"];

/**
 * What is being written and as what it goes. A question that opens or goes while something is there changes nothing
 * under the fingers: that is asked for by `choose`, or follows once the field is empty.
 */
export function useWriting(task: TaskView, hasFiles: boolean) {
  const { attention } = useApp();
  const asked = useSelected(attention.shown, (items) =>
    items.find((item) => keyOf(item) === keyOf(task) && isAnswerable(item.kind)),
  );
  const open = asked?.answered === undefined ? asked : undefined;
  const reply = useReadable(replying);
  const parent = reply && keyOf(reply.task) === keyOf(task) ? reply : undefined;
  const [chosen, setChosen] = useState<Kind>();
  const [held, hold] = useState<{ question: AttentionItem | undefined }>();
  const question = held ? held.question : open;
  const kind = chosenKind(chosen, question !== undefined, parent !== undefined);
  const [text, setText, forget] = useDraft(draftOf(kind, task, question));
  const isBegun = text !== "" || hasFiles;
  if (isBegun !== (held !== undefined)) hold(isBegun ? { question: open } : undefined);

  const isOpen = question !== undefined && question.id === open?.id;
  return {
    kind,
    text,
    setText,
    /** The question that waits. */
    open,
    /** The one that was answered a moment ago. */
    past: open ? undefined : asked,
    /** The one that is answered. */
    question,
    /** Whether an answer is written to what was answered elsewhere or by itself. A question that was put off waits. */
    isLate: kind === "ANSWER" && !isOpen && (open !== undefined || task.status !== "waiting_answer"),
    parent,
    /** Sends it as another kind; what is written goes with it. */
    choose: (next: Kind) => {
      const about = next === "ANSWER" ? open : question;
      moveDraft(draftOf(kind, task, question), draftOf(next, task, about));
      hold({ question: open });
      setChosen(next);
    },
    /** It was sent; what was written meanwhile stays, and goes as the same kind. */
    sent: (said: string) => {
      if (!forget(said)) return;
      setChosen(undefined);
      if (replying.get() === reply) replying.set(undefined);
    },
  };
}

function draftOf(kind: Kind, task: TaskView, question: AttentionItem | undefined): string {
  return kind === "ANSWER" ? `answer.${question?.id}` : `tell.${keyOf(task)}`;
}

function chosenKind(chosen: Kind | undefined, hasQuestion: boolean, isReply: boolean): Kind {
  if (chosen === "ANSWER" && !hasQuestion) return "USER";
  if (isReply && (chosen === undefined || !POSTED.includes(chosen))) return "INFO";
  return chosen ?? (hasQuestion ? "ANSWER" : "USER");
}
