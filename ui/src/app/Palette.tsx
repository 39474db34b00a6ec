import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { type Action, contextOf, type Group, keyFor, perform, possible, titleOf } from "~/actions";
import { cx, Dialog, EmptyState, Keys, State, Untrusted } from "~/look";
import type { TaskView } from "~/platform/operations";
import { navigate, toTask } from "~/route";
import { useApp } from "~/state/app";
import { usePreferences } from "~/state/hooks";
import { hasEnded, keyOf } from "~/state/keys";
import { en, taskName } from "~/words";
import css from "./Palette.module.css";

type Entry = { id: string; group: string; title: string } & ({ action: Action } | { task: TaskView });

/** Every action and every task, found by a few letters. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const [preferences] = usePreferences();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const all = useMemo(() => [...actions(app), ...tasks(app)], [app]);
  const found = useMemo(() => search(all, text), [all, text]);
  const chosen = found[Math.min(at, found.length - 1)];

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // After the focus went back, so that an action may move it.
    queueMicrotask(() => {
      if ("action" in entry) void perform(entry.action, app);
      else navigate(toTask(entry.task.project, entry.task.task));
    });
  };
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((found.length + Math.min(at, found.length - 1) + step) % Math.max(1, found.length));
    }
    if (event.key === "Enter") choose(chosen);
  };
  return (
    <Dialog title={en.palette.title} hideTitle size="top" onClose={onClose}>
      <input
        className={css.input}
        placeholder={en.palette.placeholder}
        role="combobox"
        aria-label={en.palette.title}
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen && `${list}-${chosen.id}`}
        data-autofocus=""
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <div id={list} role="listbox" aria-label={en.palette.title} className={css.list}>
        {found.map((entry, index) => (
          <div key={entry.id} role="presentation">
            {entry.group !== found[index - 1]?.group && (
              <div className={css.group} role="presentation">
                {entry.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the keys. */}
            <div
              id={`${list}-${entry.id}`}
              role="option"
              aria-selected={entry === chosen}
              ref={(element) => {
                if (entry === chosen) element?.scrollIntoView?.({ block: "nearest" });
              }}
              className={cx(css.entry, entry === chosen && css.chosen)}
              onPointerMove={() => setAt(index)}
              onClick={() => choose(entry)}
            >
              {"task" in entry ? (
                <TaskEntry task={entry.task} />
              ) : (
                <span className={css.title}>{entry.title}</span>
              )}
              {"action" in entry && <ActionKeys keys={keyFor(entry.action, preferences)} />}
            </div>
          </div>
        ))}
        {found.length === 0 && <EmptyState small title={en.palette.none} />}
      </div>
    </Dialog>
  );
}

function ActionKeys({ keys }: { keys: string | undefined }) {
  return keys ? <Keys keys={keys} /> : null;
}

function TaskEntry({ task }: { task: TaskView }) {
  return (
    <>
      <State status={task.status} />
      <span className={css.name}>{taskName(task.task)}</span>
      <span className={css.words}>
        <Untrusted text={task.title} />
      </span>
      <span className={css.project}>{task.project}</span>
    </>
  );
}

/** Which groups of actions come first. */
const ORDER: Record<Group, number> = { task: 0, go: 1, all: 2, list: 3, page: 4 };

function actions(app: ReturnType<typeof useApp>): Entry[] {
  const context = contextOf(app);
  return possible(context)
    .filter((action) => !action.isHidden)
    .sort((a, b) => ORDER[a.group] - ORDER[b.group])
    .map((action) => ({
      id: action.id,
      group: en.groups[action.group],
      title: titleOf(action, context),
      action,
    }));
}

function tasks(app: ReturnType<typeof useApp>): Entry[] {
  const all = [...app.tasks.value.get().byKey.values()];
  const needs = app.attention.value.get().map(keyOf);
  // Who waits longest first, then what goes on, then what is over.
  const rank = (task: TaskView) => {
    const at = needs.indexOf(keyOf(task));
    return at >= 0 ? at : needs.length + Number(hasEnded(task));
  };
  return all
    .sort((a, b) => rank(a) - rank(b))
    .map((task) => ({
      id: keyOf(task),
      group: en.palette.tasks,
      title: `${taskName(task.task)} ${task.project} ${task.title}`,
      task,
    }));
}

const MOST = { "": 6, text: 40 };

/** Entries in which every word stands, those that begin with it first; without words some tasks and all actions. */
function search(all: Entry[], text: string): Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const isAction = (entry: Entry) => "action" in entry;
  const first = words[0];
  const rank = (entry: Entry) => (first && entry.title.toLowerCase().startsWith(first) ? 0 : 1);
  const shownTasks = found
    .filter((entry) => !isAction(entry))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, first ? MOST.text : MOST[""]);
  const shownActions = found.filter(isAction);
  return [...shownTasks, ...shownActions];
}
