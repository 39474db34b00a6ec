import { useState } from "react";
import { takeOut } from "~/actions/do";
import { taskDialog } from "~/actions/overlay";
import {
  Button,
  Dialog,
  EmptyState,
  ErrorState,
  Field,
  Input,
  Relative,
  Skeleton,
  State,
  toastProblem,
  visibleText,
} from "~/look";
import { Link, toTask } from "~/route";
import { useApp } from "~/state/app";
import { useMayChange, useResource } from "~/state/hooks";
import { keyOf } from "~/state/keys";
import { en, taskName } from "~/words";
import { dialogs } from "~/words/en.dialogs";
import css from "./dialogs.module.css";

/** What was put away: found, opened, taken out or deleted. */
export function ShelfDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const mayChange = useMayChange();
  const [find, setFind] = useState("");
  const { data, problem } = useResource("archived", () =>
    app.host.request("tasks_list", { query: { archived: true, limit: 500 } }),
  );
  const words = dialogs.away;
  const sought = find.toLowerCase();
  const found = (data?.items ?? []).filter(({ project, task, title }) =>
    `${project} ${task} ${title}`.toLowerCase().includes(sought),
  );
  const out = (task: (typeof found)[number]) =>
    takeOut(app, task).then(() => app.resources.invalidate("archived"), toastProblem);
  return (
    <Dialog title={words.shelf} size="wide" onClose={onClose}>
      <div className={css.body}>
        <Field label={words.find} hideLabel>
          {(field) => (
            <Input
              {...field}
              data-autofocus=""
              placeholder={words.find}
              value={find}
              onChange={(event) => setFind(event.target.value)}
            />
          )}
        </Field>
        {problem && !data && <ErrorState small problem={problem} />}
        {!data && !problem && <Skeleton lines={4} />}
        {data && found.length === 0 && (
          <EmptyState small title={data.items.length === 0 ? words.shelfNone : en.palette.none} />
        )}
        <ul className={css.rows}>
          {found.map((task) => (
            <li key={keyOf(task)} className={css.row}>
              <State status={task.status} />
              <Link
                className={css.name}
                to={toTask(task.project, task.task)}
                title={visibleText(task.title)}
                onClick={onClose}
              >
                {taskName(task.task)} <span className={css.note}>{task.project}</span>
              </Link>
              <span className={css.note}>{task.ended_at && <Relative at={task.ended_at} />}</span>
              {mayChange && (
                <>
                  <Button small onClick={() => void out(task)}>
                    {en.doing.away.takeOut}
                  </Button>
                  <Button small kind="danger" onClick={() => taskDialog.set({ kind: "delete", task })}>
                    {en.doing.delete}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}
