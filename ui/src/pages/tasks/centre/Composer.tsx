import { type KeyboardEvent, useState } from "react";
import { Button, toast, toastProblem } from "~/look";
import type { TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { useDraft } from "~/state/drafts";
import { useMayChange } from "~/state/hooks";
import { hasEnded, keyOf } from "~/state/keys";
import { en } from "~/words";
import css from "./Composer.module.css";

/** Tells the agent something; on a task that has ended it is a follow-up. */
export function Composer({ task }: { task: TaskView }) {
  const { host } = useApp();
  const [text, setText] = useDraft(`tell.${keyOf(task)}`);
  const [isPending, setPending] = useState(false);
  const mayChange = useMayChange();
  if (!mayChange) return null;
  const isEmpty = text.trim() === "";
  const isOver = hasEnded(task);
  const send = async (now: boolean) => {
    if (isEmpty || isPending) return;
    setPending(true);
    try {
      const path = { project: task.project, task: task.task };
      const { read } = await host.request("tasks_tell", { path, body: { text: text.trim(), now } });
      setText("");
      toast(read);
    } catch (error) {
      toastProblem(error);
    }
    setPending(false);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send(false);
  };
  return (
    <div className={css.composer}>
      <textarea
        className={css.text}
        rows={2}
        aria-label={en.composer.label}
        placeholder={isOver ? en.composer.followUp : en.composer.placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={key}
      />
      <div className={css.bar}>
        {task.status === "running" && (
          <Button disabled={isEmpty} pending={isPending} onClick={() => void send(true)}>
            {en.composer.now}
          </Button>
        )}
        <Button
          kind="primary"
          keys="mod+enter"
          disabled={isEmpty}
          pending={isPending}
          onClick={() => void send(false)}
        >
          {isOver ? en.composer.sendFollowUp : en.composer.send}
        </Button>
      </div>
    </div>
  );
}
