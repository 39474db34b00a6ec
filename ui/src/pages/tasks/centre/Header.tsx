import { type ReactNode, useState } from "react";
import { type Action, contextOf, perform, possible, titleOf } from "~/actions";
import { Button, Elapsed, Icon, IconButton, Menu, State, toneOf, Untrusted, visibleText } from "~/look";
import { NARROW, NO_SIDE, useMedia } from "~/look/media";
import type { TaskView } from "~/platform/operations";
import { Link, toTask, useRoute } from "~/route";
import { useApp } from "~/state/app";
import { useDetail, usePreferences } from "~/state/hooks";
import { keyOf, refOf } from "~/state/keys";
import { useReadable, useSelected } from "~/state/store";
import { en, folder, statusWord, taskName, titleBeside } from "~/words";
import css from "./Header.module.css";

/** Actions that have a button of their own; the others are in the menu beside them. */
const BUTTONS = ["task.editor", "task.takeover", "task.resume", "task.recover", "task.pause", "task.stop"];
const DANGER = new Set(["task.stop", "task.delete"]);
const LOUD = new Set(["task.resume", "task.recover", "task.pause"]);

type Props = {
  task: TaskView;
  /** It was put away. */
  isAway: boolean;
  children: ReactNode;
};

/** What the task is and does, and what can be done with it. Its tabs are its children. */
export function Header({ task, isAway, children }: Props) {
  const { query } = useRoute();
  const isNarrow = useMedia(NARROW);
  const title = titleBeside(task);
  const said = title && (
    <span className={css.said}>
      <Untrusted text={title} />
    </span>
  );
  return (
    <header className={css.header}>
      <div className={css.line}>
        {isNarrow && (
          <Link
            className={css.back}
            to={{ page: "tasks", query: { show: query.show } }}
            aria-label={en.strip.tasks}
          >
            <Icon name="back" />
          </Link>
        )}
        <h1 className={css.title} title={visibleText(task.title)}>
          <State status={task.status} />
          <span className={css.name}>{taskName(task.task)}</span>
          {!isNarrow && said}
        </h1>
        <Actions task={task} isNarrow={isNarrow} />
      </div>
      {isNarrow && said}
      <Meta task={task} isAway={isAway} />
      {children}
    </header>
  );
}

function Meta({ task, isAway }: Omit<Props, "children">) {
  const isPausing = useSelected(useApp().tasks.pausing, (pausing) => pausing.has(keyOf(task)));
  const { data } = useDetail(task);
  const model = data?.model ?? data?.run_list.at(-1)?.model;
  const most = data?.restarts.of;
  const parent = task.parent_task ? refOf(task.parent_task) : undefined;
  return (
    <div className={css.meta}>
      <span className={css.state} style={{ color: `var(--${toneOf(task.status)})` }}>
        {statusWord(task.status)}
      </span>
      {isPausing && <span className={css.sign}>{en.doing.pausesAfter}</span>}
      {isAway && <span className={css.sign}>{en.doing.away.isAway}</span>}
      <span>{task.project}</span>
      {task.agent && <span>{[task.agent, model].filter(Boolean).join(" · ")}</span>}
      {task.runs > 0 && (
        <span>{en.task.runOf(task.runs, typeof most === "number" ? most + 1 : undefined)}</span>
      )}
      {task.started_at && (
        <span>
          <Elapsed from={task.started_at} to={task.ended_at} />
        </span>
      )}
      {data?.cwd && (
        <span className={css.path} title={data.cwd}>
          {folder(data.cwd)}
        </span>
      )}
      {task.access && <span>{en.task.access[task.access]}</span>}
      {parent && (
        <Link className={css.parent} to={toTask(parent.project, parent.task)}>
          {en.task.childOf(taskName(parent.task))}
        </Link>
      )}
    </div>
  );
}

function Actions({ task, isNarrow }: { task: TaskView; isNarrow: boolean }) {
  const app = useApp();
  const noSide = useMedia(NO_SIDE);
  useReadable(app.tasks.pausing);
  const [{ showDetails }, set] = usePreferences();
  const context = { ...contextOf(app), selected: task };
  const [pending, setPending] = useState<string>();
  const press = async (action: Action) => {
    setPending(action.id);
    await perform(action, app);
    setPending(undefined);
  };
  const mine = possible(context).filter((action) => action.group === "task");
  const shown = isNarrow ? [] : BUTTONS.flatMap((id) => mine.find((action) => action.id === id) ?? []);
  const rest = mine.filter((action) => !shown.includes(action));
  const item = (action: Action) => ({
    title: titleOf(action, context),
    danger: DANGER.has(action.id),
    run: () => void perform(action, app),
  });
  return (
    <div className={css.actions}>
      {shown.map((action) => (
        <Button
          key={action.id}
          kind={kindOf(action)}
          pending={pending === action.id}
          onClick={() => void press(action)}
        >
          {titleOf(action, context)}
        </Button>
      ))}
      {rest.length > 0 && (
        <Menu
          label={en.look.menu}
          items={rest.map(item)}
          opener={(props) => <IconButton icon="more" label={en.look.menu} {...props} />}
        />
      )}
      {!noSide && (
        <IconButton
          icon="panel"
          label={en.task.details}
          aria-pressed={showDetails}
          className={css.details}
          onClick={() => set({ showDetails: !showDetails })}
        />
      )}
    </div>
  );
}

function kindOf({ id }: Action): "plain" | "quiet" | "danger" {
  if (DANGER.has(id)) return "danger";
  return LOUD.has(id) ? "plain" : "quiet";
}
