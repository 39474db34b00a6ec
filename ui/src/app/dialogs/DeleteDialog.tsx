import { useState } from "react";
import { deleteTask } from "~/actions/do";
import { named } from "~/actions/tasks";
import { Button, Dialog, toastProblem } from "~/look";
import { navigate, route } from "~/route";
import { useApp } from "~/state/app";
import { useDetail, useResource } from "~/state/hooks";
import { hasEnded, keyOf, type TaskRef } from "~/state/keys";
import { selectedIn } from "~/state/selection";
import { en, folder, taskName } from "~/words";
import { dialogs } from "~/words/en.dialogs";
import css from "./dialogs.module.css";

/** Deletes a task that has ended; says before what is lost and what stays. */
export function DeleteDialog({ task, onClose }: { task: TaskRef; onClose: () => void }) {
  const app = useApp();
  const [isPending, setPending] = useState(false);
  const { data } = useDetail(task);
  const relations = useResource(`${keyOf(task)}:relations`, () =>
    app.host.request("tasks_dependencies", { path: { project: task.project, task: task.task } }),
  );
  const needed = (relations.data?.needed_by ?? []).filter(({ status }) => status && !hasEnded({ status }));
  const words = dialogs.remove;
  const remove = async () => {
    setPending(true);
    try {
      await deleteTask(app, task);
      const here = route();
      const selected = selectedIn(here);
      if (selected && keyOf(selected) === keyOf(task)) navigate({ page: "tasks", query: here.query });
      onClose();
    } catch (error) {
      toastProblem(error);
    }
    setPending(false);
  };
  return (
    <Dialog
      title={words.title(taskName(task.task))}
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus="" onClick={onClose}>
            {en.confirm.cancel}
          </Button>
          <Button kind="danger" pending={isPending} disabled={!data} onClick={() => void remove()}>
            {words.confirm}
          </Button>
        </>
      }
    >
      <div className={css.body}>
        <p>{words.text}</p>
        {data && (
          <ul className={css.list}>
            <li>{words.runs(data.run_list.length)}</li>
            <li>{words.bus}</li>
            <li>{words.records(folder(data.path))}</li>
          </ul>
        )}
        {needed.length > 0 && <p>{words.needed(named(needed))}</p>}
        {data && <p className={css.dim}>{words.kept(folder(data.cwd))}</p>}
      </div>
    </Dialog>
  );
}
