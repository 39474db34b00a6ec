import { useState } from "react";
import { archiveTask, each } from "~/actions/do";
import { named, sayFirst } from "~/actions/tasks";
import { Button, Dialog, Field, Select, State, toast } from "~/look";
import type { TaskStatus, TaskView } from "~/platform/operations";
import { useApp, useHost } from "~/state/app";
import { hasEnded } from "~/state/keys";
import { useReadable } from "~/state/store";
import { en, statusWord } from "~/words";
import { dialogs } from "~/words/en.dialogs";
import css from "./dialogs.module.css";

const DAY = 86_400_000;
type Age = keyof typeof dialogs.away.ages;
const KINDS: TaskStatus[] = ["completed", "stopped", "failed", "timed_out"];

/** Puts many finished tasks away: which, and since when they are. */
export function PutAwayDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const now = useHost().now();
  const { byKey } = useReadable(app.tasks.value);
  const [kinds, setKinds] = useState<ReadonlySet<TaskStatus>>(new Set(["completed"]));
  const [age, setAge] = useState<Age>("0");
  const [project, setProject] = useState("");
  const [isPending, setPending] = useState(false);
  const words = dialogs.away;
  const isOld = (task: TaskView) =>
    Date.parse(task.ended_at ?? task.updated_at ?? "") <= now - Number(age) * DAY;
  const ended = [...byKey.values()]
    .filter((task) => hasEnded(task) && (!project || task.project === project))
    .filter((task) => age === "0" || isOld(task));
  const chosen = ended.filter((task) => kinds.has(task.status));
  const projects = [...new Set([...byKey.values()].filter(hasEnded).map((task) => task.project))].sort();
  const toggle = (kind: TaskStatus, on: boolean) => {
    const next = new Set(kinds);
    if (on) next.add(kind);
    else next.delete(kind);
    setKinds(next);
  };
  const go = async () => {
    setPending(true);
    const failures = await each(chosen, (task) => archiveTask(app, task, true));
    toast(en.bulk.archived(chosen.length - failures.length));
    sayFirst(failures);
    onClose();
  };
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{en.confirm.cancel}</Button>
          <Button kind="primary" pending={isPending} disabled={chosen.length === 0} onClick={() => void go()}>
            {words.confirm(chosen.length)}
          </Button>
        </>
      }
    >
      <div className={css.body}>
        <p className={css.dim}>{words.text}</p>
        <fieldset className={css.kinds}>
          <legend className="hidden-text">{words.which}</legend>
          {KINDS.map((kind) => (
            <label key={kind} className={css.option}>
              <input
                type="checkbox"
                checked={kinds.has(kind)}
                onChange={(event) => toggle(kind, event.target.checked)}
              />
              <span className={css.row}>
                <State status={kind} />
                <span className={css.name}>{statusWord(kind)}</span>
                <span className={css.note}>{ended.filter((task) => task.status === kind).length}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label={words.older}>
          {(field) => (
            <Select
              {...field}
              value={age}
              options={Object.entries(words.ages).map(([value, title]) => ({ value: value as Age, title }))}
              onChange={setAge}
            />
          )}
        </Field>
        {projects.length > 1 && (
          <Field label={words.project}>
            {(field) => (
              <Select
                {...field}
                value={project}
                options={[
                  { value: "", title: words.all },
                  ...projects.map((each) => ({ value: each, title: each })),
                ]}
                onChange={setProject}
              />
            )}
          </Field>
        )}
        <p className={css.dim}>{chosen.length > 0 ? named(chosen) : words.none}</p>
      </div>
    </Dialog>
  );
}
