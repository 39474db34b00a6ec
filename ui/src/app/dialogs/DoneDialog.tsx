import { type FormEvent, useId, useState } from "react";
import { finishTask } from "~/actions/do";
import { Button, Dialog, Field, Input, toastProblem } from "~/look";
import { useApp } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import { en, taskName } from "~/words";
import { dialogs } from "~/words/en.dialogs";
import css from "./dialogs.module.css";

/** A person's word that a task is done. */
export function DoneDialog({ task, onClose }: { task: TaskRef; onClose: () => void }) {
  const app = useApp();
  const form = useId();
  const [message, setMessage] = useState("");
  const [isPending, setPending] = useState(false);
  const words = dialogs.finish;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    await finishTask(app, task, message.trim() || undefined).then(onClose, toastProblem);
    setPending(false);
  };
  return (
    <Dialog
      title={words.title(taskName(task.task))}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{en.confirm.cancel}</Button>
          <Button kind="primary" type="submit" form={form} pending={isPending}>
            {words.confirm}
          </Button>
        </>
      }
    >
      <form id={form} className={css.body} onSubmit={(event) => void submit(event)}>
        <p className={css.dim}>{words.text}</p>
        <Field label={words.message}>
          {(field) => (
            <Input
              {...field}
              data-autofocus=""
              value={message}
              onChange={(event) => setMessage(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
