import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { pressed, useActions, useIsKey } from "~/actions";
import { Button, EmptyState, ErrorState, Skeleton, Untrusted } from "~/look";
import { LongList, type LongListHandle } from "~/look/LongList";
import type { Problem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { type ChangesView, type Changes as Told, useAskChanges, useChanges } from "~/state/changes";
import { type TaskRef, keyOf as taskKeyOf } from "~/state/keys";
import { useReadable } from "~/state/store";
import { sentence } from "~/words";
import { changes } from "~/words/en.changes";
import type { TabProps } from "../centre/tabs";
import { Around, GroupHead, NoteRow } from "./changes/Around";
import css from "./changes/Changes.module.css";
import { Diffs } from "./changes/diffs";
import { FileHead } from "./changes/FileHead";
import { Filter } from "./changes/Filter";
import { Line } from "./changes/Line";
import { nameInAddress, useEditor, useFileOfAddress, useGroups, usePlace } from "./changes/place";
import { type ChangedFile, estimateOf, keyOf, type Row, rowsOf } from "./changes/rows";
import { Totals } from "./changes/Totals";
import { Reading } from "./reading/Bar";

/** More files than this are not unfolded at once. */
const ALL = 30;
/** More files than this can be filtered. */
const FEW = 12;

/** What a task changed in its working folder. */
export default function Changes({ task }: TabProps) {
  const { data, problem } = useChanges(task, true);
  const ask = useAskChanges(task);
  const diffs = useDiffs(task);
  if (problem && !data) return <ErrorState problem={problem} retry={ask} />;
  if (!data || !diffs) return <Skeleton lines={8} />;
  const { unavailable, since } = data.view;
  if (unavailable && !since) {
    return (
      <EmptyState title={changes.unavailable} actions={<Button onClick={ask}>{changes.refresh}</Button>}>
        <Untrusted
          text={`${sentence(unavailable.message)}. ${changes.hints[unavailable.code] ?? ""}`.trim()}
        />
      </EmptyState>
    );
  }
  return <Shown key={taskKeyOf(task)} task={task} told={data} diffs={diffs} problem={problem} ask={ask} />;
}

function useDiffs(task: TaskRef): Diffs | undefined {
  const host = useHost();
  const { project, task: name } = task;
  const [made, setMade] = useState<Diffs>();
  useEffect(() => {
    const diffs = new Diffs(host, { project, task: name });
    setMade(diffs);
    return () => diffs.stop();
  }, [host, project, name]);
  return made?.task.project === project && made.task.task === name ? made : undefined;
}

type ShownProps = {
  task: TaskRef;
  told: Told;
  diffs: Diffs;
  problem: Problem | undefined;
  ask: () => void;
};

function Shown({ task, told: { view: whole, at }, diffs, problem, ask }: ShownProps) {
  const version = useReadable(diffs.version);
  const list = useRef<LongListHandle>(null);
  const panel = useRef<HTMLDivElement>(null);
  const groups = useGroups();
  const openAt = useEditor(whole);
  const [filter, setFilter] = useState("");
  const view = useMemo(() => filtered(whole, filter), [whole, filter]);
  const field = useRef<HTMLInputElement>(null);
  const isKey = useIsKey();
  useLayoutEffect(() => diffs.take(whole), [diffs, whole]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells what is unfolded.
  const rows = useMemo(() => rowsOf(view, diffs, groups.isOpen), [view, diffs, version, groups.isOpen]);
  const { reading, seen, go, keep } = usePlace(rows, view, list, panel);
  useFileOfAddress(whole, diffs, keep);

  const toggle = (file: ChangedFile) => {
    const isOpen = diffs.of(file.path) !== undefined;
    if (isOpen) diffs.fold(file.path);
    else diffs.unfold(file.path);
    nameInAddress(isOpen ? undefined : file.path);
  };
  const { length } = view.files;
  const allTitle = diffs.count > 0 ? changes.foldAll : changes.unfoldAll;
  const canAll = diffs.count > 0 || (length > 0 && length <= ALL);
  const all = () => {
    if (diffs.count > 0) return diffs.foldAll();
    for (const { path } of view.files) diffs.unfold(path);
  };
  useActions([
    { id: "read.next", title: changes.next, run: () => go(1) },
    { id: "read.previous", title: changes.previous, run: () => go(-1) },
    { id: "read.fold", title: allTitle, when: () => canAll, run: all },
    { id: "read.again", title: changes.refresh, run: ask },
  ]);
  const key = (event: KeyboardEvent) => {
    // In the list of files the keys of lists are about files.
    if (isKey(event, "list.next")) go(1);
    else if (isKey(event, "list.previous")) go(-1);
    else if (isKey(event, "list.filter") && field.current) field.current.focus();
    else if (isArrow(event) && isOnFolded(diffs)) go(event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  };

  const head = (file: ChangedFile, isRepeated = false) => (
    <FileHead
      key={`f ${file.path}`}
      file={file}
      diff={diffs.of(file.path)}
      isRepeated={isRepeated}
      toggle={(each) => {
        if (isRepeated) keep(each.path);
        toggle(each);
      }}
      setWhole={(each, isWhole) => diffs.unfold(each.path, isWhole)}
      open={openAt(file) && (() => openAt(file)?.(undefined))}
    />
  );
  const draw = (index: number) => {
    const row = rows[index] as Row;
    const id = keyOf(row);
    switch (row.kind) {
      case "file":
        return head(row.file);
      case "line": {
        const file = view.files[row.index];
        return (
          <Line key={id} line={row.line} open={row.line.kind === "hunk" && file ? openAt(file) : undefined} />
        );
      }
      case "group":
        return <GroupHead key={id} row={row} toggle={groups.toggle} />;
      case "note":
        return <NoteRow key={id} row={row} retry={() => diffs.unfold(row.file.path)} />;
      default:
        return <Around key={id} row={row} view={view} ask={ask} />;
    }
  };
  const repeated = reading === undefined ? undefined : view.files[reading];
  return (
    <Reading
      bar={
        <Totals
          view={whole}
          at={at}
          problem={problem}
          ask={ask}
          all={canAll ? all : undefined}
          title={allTitle}
        >
          {whole.files.length > FEW && <Filter ref={field} text={filter} set={setFilter} />}
        </Totals>
      }
    >
      <div ref={panel} className={css.panel}>
        {repeated && diffs.of(repeated.path) && head(repeated, true)}
        <LongList
          key={taskKeyOf(task)}
          handle={list}
          rows={{
            count: rows.length,
            keyOf: (index) => keyOf(rows[index] as Row),
            estimate: (index) => estimateOf(rows[index] as Row),
          }}
          version={rows}
          label={changes.files}
          role="region"
          follows={false}
          onSeen={seen}
          onKeyDown={key}
        >
          {draw}
        </LongList>
      </div>
    </Reading>
  );
}

/** The files whose paths hold a text. */
function filtered(view: ChangesView, text: string): ChangesView {
  const what = text.trim().toLowerCase();
  if (what === "") return view;
  const holds = (path: string | null | undefined) => path?.toLowerCase().includes(what);
  return {
    ...view,
    files: view.files.filter((file) => holds(file.path) || holds(file.old_path)),
    more_files: 0,
  };
}

const isArrow = (event: KeyboardEvent) => ["arrowdown", "arrowup"].includes(pressed(event));

/** Whether the focus is on a file whose lines are not shown: there is nothing to scroll through. */
function isOnFolded(diffs: Diffs): boolean {
  const file = (document.activeElement as HTMLElement | null)?.dataset.file;
  return file !== undefined && !diffs.of(file);
}
