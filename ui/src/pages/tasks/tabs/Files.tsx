import { type KeyboardEvent, useRef } from "react";
import { At, Button, cx, EmptyState, ErrorState, Icon, Skeleton, Untrusted, visibleText } from "~/look";
import { focusable } from "~/look/focus";
import { NARROW, useMedia } from "~/look/media";
import type { RunView, Schema } from "~/platform/operations";
import { Link, navigate, toTask, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useDetail, useResource } from "~/state/hooks";
import { keyOf, type TaskRef } from "~/state/keys";
import { bytes, en, exact } from "~/words";
import { reading } from "~/words/en.reading";
import type { TabProps } from "../centre/tabs";
import css from "./files/Files.module.css";
import { Preview } from "./files/Preview";

type FileView = Schema<"FileView">;
/** Runs whose files are listed: the latest. */
const RUNS = 20;

/** The files of a task and of its runs, and what is in the chosen one. */
export default function Files({ task }: TabProps) {
  const { query } = useRoute();
  const isNarrow = useMedia(NARROW);
  const { file, run } = query;
  const isOpen = file !== undefined;
  return (
    <div className={cx(css.panel, isNarrow && css.only)}>
      {!(isNarrow && isOpen) && <List task={task} />}
      {(!isNarrow || isOpen) && (
        <div className={css.view}>
          {isNarrow && <Back task={task} name={file ?? ""} />}
          {file === undefined ? (
            <EmptyState title={reading.files.choose}>{reading.files.chooseHint}</EmptyState>
          ) : (
            <Chosen key={`${run ?? ""}/${file}`} task={task} run={run} name={file} />
          )}
        </div>
      )}
    </div>
  );
}

function Chosen({ task, run, name }: { task: TaskRef; run: string | undefined; name: string }) {
  const { data } = useFiles(task, run);
  return (
    <Preview task={task} run={run} name={name} size={data?.items.find((file) => file.name === name)?.bytes} />
  );
}

function Back({ task, name }: { task: TaskRef; name: string }) {
  return (
    <div className={css.back}>
      <Button small kind="quiet" onClick={() => navigate(toTask(task.project, task.task, "files"))}>
        <Icon name="back" /> {reading.files.back}
      </Button>
      <span className={css.name}>
        <Untrusted text={name} />
      </span>
    </div>
  );
}

function List({ task }: { task: TaskRef }) {
  const { data, problem } = useDetail(task);
  const own = useFiles(task, undefined);
  const side = useRef<HTMLElement>(null);
  const key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !side.current) return;
    event.preventDefault();
    const all = focusable(side.current);
    all[Math.max(0, all.indexOf(document.activeElement as HTMLElement) + step)]?.focus();
  };
  const runs = [...(data?.run_list ?? [])].reverse().slice(0, RUNS);
  const failed = own.problem ?? problem;
  return (
    <nav ref={side} aria-label={reading.files.label} className={css.side} onKeyDown={key}>
      {failed && !own.data && <ErrorState small problem={failed} />}
      {own.isLoading && <Skeleton lines={4} />}
      {own.data?.items.length === 0 && runs.length === 0 && (
        <EmptyState small title={reading.files.none}>
          {reading.files.noneHint}
        </EmptyState>
      )}
      {own.data && own.data.items.length > 0 && (
        <>
          <h2 className={css.group}>{reading.files.task}</h2>
          <FileLinks task={task} run={undefined} files={own.data.items} />
        </>
      )}
      {runs.map((run) => (
        <RunFiles key={run.run} task={task} run={run} />
      ))}
    </nav>
  );
}

function RunFiles({ task, run }: { task: TaskRef; run: RunView }) {
  const { data, problem } = useFiles(task, run.run);
  if (data?.items.length === 0) return null;
  return (
    <>
      <h2 className={css.group}>
        {en.reading.run(run.iteration ?? 1)}
        <span className={css.note}>{run.agent}</span>
        {run.started_at && (
          <span className={css.note}>
            <At at={run.started_at} />
          </span>
        )}
      </h2>
      {problem && !data && <ErrorState small problem={problem} />}
      {data && <FileLinks task={task} run={run.run} files={data.items} />}
    </>
  );
}

function FileLinks({ task, run, files }: { task: TaskRef; run: string | undefined; files: FileView[] }) {
  const { query } = useRoute();
  return (
    <ul>
      {files.map((file) => {
        const isCurrent = query.file === file.name && query.run === run;
        return (
          <li key={file.name}>
            <Link
              to={toTask(task.project, task.task, "files", { run, file: file.name })}
              aria-current={isCurrent || undefined}
              title={`${visibleText(file.name)}\n${exact(Date.parse(file.modified_at))}`}
              className={cx(css.file, isCurrent && css.current)}
            >
              <span className={css.name}>
                <Untrusted text={file.name} />
              </span>
              <span className={css.note}>{bytes(file.bytes)}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function useFiles(task: TaskRef, run: string | undefined) {
  const host = useHost();
  const { project, task: name } = task;
  return useResource(
    `${keyOf(task)}:files:${run ?? ""}`,
    () =>
      run === undefined
        ? host.request("tasks_files", { path: { project, task: name } })
        : host.request("runs_files_of_task", { path: { project, task: name, run } }),
    task,
  );
}
