import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { IconButton, Input, Segments, State } from "~/look";
import type { TaskView } from "~/platform/operations";
import { useApp } from "~/state/app";
import { hasEnded } from "~/state/keys";
import { useReadable } from "~/state/store";
import { taskName } from "~/words";
import { make as words } from "~/words/en.make";
import type { FieldProps } from "../field";
import { Part } from "./Part";
import css from "./parts.module.css";

const MOST = 40;

/** The tasks that must be completed first, and what happens when one of them is not. */
export function After({ form, patch, errors }: FieldProps) {
  const add = (name: string) => form.after.includes(name) || patch({ after: [...form.after, name] });
  return (
    <Part label={words.after} note={words.afterHint} error={errors.after}>
      {form.after.length > 0 && (
        <ul className={css.chips}>
          {form.after.map((name) => (
            <li key={name} className={css.chip}>
              <span title={name}>{shortName(name)}</span>
              <IconButton
                icon="close"
                label={words.removeAfter(shortName(name))}
                onClick={() => patch({ after: form.after.filter((each) => each !== name) })}
              />
            </li>
          ))}
        </ul>
      )}
      <TaskField project={form.project} taken={form.after} add={add} />
      {form.after.length > 0 && (
        <>
          <p className={css.hint}>{words.ifFailed}</p>
          <Segments
            label={words.ifFailed}
            value={form.onFailure}
            options={(["fail", "wait", "ignore"] as const).map((value) => ({
              value,
              title: words.ifFails[value],
            }))}
            onChange={(onFailure) => patch({ onFailure })}
          />
        </>
      )}
    </Part>
  );
}

function shortName(name: string): string {
  const cut = name.lastIndexOf("/");
  return name.slice(0, cut + 1) + taskName(name.slice(cut + 1));
}

type FieldProps2 = { project: string; taken: readonly string[]; add: (name: string) => void };

/** Finds a task by a few letters: unfinished ones of the same project first. */
function TaskField({ project, taken, add }: FieldProps2) {
  const { byKey, version } = useReadable(useApp().tasks.value);
  const list = useId();
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const nameOf = (task: TaskView) => (task.project === project ? task.task : `${task.project}/${task.task}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is one that changes; its version says when.
  const all = useMemo(() => [...byKey.values()].sort(order(project)), [byKey, version, project]);
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = isOpen
    ? all
        .filter((task) => !taken.includes(nameOf(task)))
        .filter((task) =>
          typed.every((word) => `${task.project}/${task.task} ${task.title}`.toLowerCase().includes(word)),
        )
        .slice(0, MOST)
    : [];
  const current = found[Math.min(at, found.length - 1)];
  const choose = (task: TaskView | undefined) => {
    // A name that is not found here is the core's to judge.
    const name = task ? nameOf(task) : text.trim();
    if (name) add(name);
    setText("");
    setOpen(false);
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setOpen(true);
      if (found.length > 0) setAt((Math.min(at, found.length - 1) + step + found.length) % found.length);
    }
    if (event.key === "Enter" && !(event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (isOpen) choose(current);
    }
    if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className={css.combo}>
      <Input
        role="combobox"
        aria-label={words.addAfter}
        aria-expanded={isOpen && found.length > 0}
        aria-controls={list}
        aria-activedescendant={current && `${list}-${found.indexOf(current)}`}
        placeholder={words.addAfter}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setAt(0);
        }}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={key}
      />
      {found.length > 0 && (
        <div id={list} role="listbox" aria-label={words.addAfter} className={css.options}>
          {found.map((task, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field has the keys.
            <div
              key={nameOf(task)}
              id={`${list}-${index}`}
              role="option"
              aria-selected={task === current}
              className={css.option}
              onPointerMove={() => setAt(index)}
              // Before the field loses the focus, and the list with it.
              onPointerDown={(event) => {
                event.preventDefault();
                choose(task);
              }}
            >
              <State status={task.status} />
              <span>{taskName(task.task)}</span>
              {task.project !== project && <small>{task.project}</small>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

const order = (project: string) => (a: TaskView, b: TaskView) =>
  Number(b.project === project) - Number(a.project === project) ||
  Number(hasEnded(a)) - Number(hasEnded(b)) ||
  (b.created_at ?? "").localeCompare(a.created_at ?? "");
