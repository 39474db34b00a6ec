import { useEffect, useRef, useState } from "react";
import { each, type StoppedView, stopTask } from "~/actions/do";
import { named } from "~/actions/tasks";
import { Button, Dialog, Field, Input, StateGlyph, toast, Untrusted } from "~/look";
import type { TaskView } from "~/platform/operations";
import { asProblem, type Problem } from "~/platform/problem";
import { useApp } from "~/state/app";
import { useTask } from "~/state/hooks";
import { hasEnded, keyOf, type TaskRef } from "~/state/keys";
import { useReadable } from "~/state/store";
import { en, hintWords, sentence, statusWord, taskName } from "~/words";
import { dialogs } from "~/words/en.dialogs";
import { stopSentence } from "~/words/stop";
import css from "./dialogs.module.css";

type Result = { ref: TaskRef; view?: StoppedView; problem?: Problem };

/** Stops tasks after a second step, and shows what was verified about each. */
export function StopDialog({ tasks, onClose }: { tasks: readonly TaskRef[]; onClose: () => void }) {
  const app = useApp();
  const isShown = useRef(true);
  const [reason, setReason] = useState("");
  const [force, setForce] = useState(false);
  const [results, setResults] = useState<readonly Result[]>();
  const [isGoing, setGoing] = useState(false);
  /** How many are being stopped: fewer are left with each. */
  const [count, setCount] = useState(0);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  const { byKey } = useReadable(app.tasks.value);
  const left = tasks.filter((ref) => !isOver(byKey.get(keyOf(ref))));
  const tops = withoutChildren(byKey, left);
  const [first] = tasks;
  if (!first) return null;

  const stop = async (those: readonly TaskRef[], byForce: boolean) => {
    setGoing(true);
    setCount(those.length);
    const all: Result[] = [];
    setResults([]);
    await each(those, async (ref) => {
      try {
        all.push({ ref, view: await stopTask(app, ref, { force: byForce, reason: reason || undefined }) });
      } catch (error) {
        all.push({ ref, problem: asProblem(error) });
      }
      setResults([...all]);
    });
    setGoing(false);
    // Who closed the dialog meanwhile is told all the same.
    if (!isShown.current) for (const result of all) toast(...said(result));
  };
  const survivors = (results ?? []).filter(isNotVerified).map(({ ref }) => ref);
  const isMany = tasks.length > 1;
  const name = taskName(first.task);
  const title = isMany
    ? dialogs.stop.titleMany(isGoing ? count : left.length || tasks.length)
    : dialogs.stop.title(name);

  if (results) {
    return (
      // Another dialog than that which asked: it takes the focus.
      <Dialog
        key="result"
        title={isGoing ? title : dialogs.stop.result}
        onClose={onClose}
        footer={
          <>
            {survivors.length > 0 && !isGoing && (
              <Button kind="danger" onClick={() => void stop(survivors, true)}>
                {dialogs.stop.again}
              </Button>
            )}
            <Button kind={isGoing ? "plain" : "primary"} data-autofocus="" onClick={onClose}>
              {en.look.close}
            </Button>
          </>
        }
      >
        <div className={css.body} role="status">
          {isGoing && <p className={css.dim}>{dialogs.stop.going(results.length, count)}</p>}
          <div className={css.results}>
            {results.map((result) => (
              <ResultRow key={keyOf(result.ref)} result={result} />
            ))}
          </div>
        </div>
      </Dialog>
    );
  }
  if (left.length === 0) {
    const status = byKey.get(keyOf(first))?.status;
    return (
      <Dialog
        key="over"
        title={title}
        onClose={onClose}
        footer={
          <Button kind="primary" data-autofocus="" onClick={onClose}>
            {en.look.close}
          </Button>
        }
      >
        <p className={css.dim} role="status">
          {isMany ? dialogs.stop.overMany : dialogs.stop.over(name, status && statusWord(status))}
        </p>
      </Dialog>
    );
  }
  return (
    <Dialog
      key="ask"
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus="" onClick={onClose}>
            {en.confirm.cancel}
          </Button>
          <Button kind="danger" onClick={() => void stop(tops, force)}>
            {isMany ? dialogs.stop.confirmMany(left.length) : dialogs.stop.confirm}
          </Button>
        </>
      }
    >
      <div className={css.body}>
        <p className={css.dim}>{isMany ? dialogs.stop.many(named(left)) : dialogs.stop.text}</p>
        {!isMany && <Children of={first} />}
        <Field label={dialogs.stop.reason} hint={dialogs.stop.reasonHint}>
          {(field) => <Input {...field} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <label className={css.option}>
          <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
          <span>
            {dialogs.stop.force}
            <small>{dialogs.stop.forceHint}</small>
          </span>
        </label>
      </div>
    </Dialog>
  );
}

/** What goes with it. */
function Children({ of }: { of: TaskRef }) {
  const { byKey } = useApp().tasks.value.get();
  const children = [...byKey.values()].filter((task) => task.parent_task === keyOf(of) && !hasEnded(task));
  if (children.length === 0) return null;
  return <p className={css.dim}>{dialogs.stop.children(children.length, named(children))}</p>;
}

function ResultRow({ result }: { result: Result }) {
  const { ref, view, problem } = result;
  const task = useTask(ref);
  if (problem?.code === "conflict" && isOver(task)) {
    return (
      <div className={css.result}>
        <StateGlyph glyph="done" />
        <div>{dialogs.stop.over(taskName(ref.task), task && statusWord(task.status))}</div>
      </div>
    );
  }
  if (!view) {
    return (
      <div className={css.result}>
        <StateGlyph glyph="failed" />
        <div>
          <b>{taskName(ref.task)}</b>
          <Untrusted text={sentence(problem?.message ?? "")} />
          {problem?.hint && (
            <p className={css.dim}>
              <Untrusted text={hintWords(problem.hint)} />
            </p>
          )}
        </div>
      </div>
    );
  }
  return <Verified view={view} />;
}

function Verified({ view, isChild }: { view: StoppedView; isChild?: boolean }) {
  const isLeft = (view.evidence.left?.length ?? 0) > 0;
  return (
    <>
      <div className={isChild ? `${css.result} ${css.child}` : css.result}>
        <StateGlyph glyph={isLeft ? "failed" : "done"} />
        <div>
          <b>{isLeft ? taskName(view.task) : dialogs.stop.verified(taskName(view.task))}</b>
          {stopSentence(view.evidence)}
          {view.notes?.map((note) => (
            <p key={note} className={css.dim}>
              <Untrusted text={note} />
            </p>
          ))}
        </div>
      </div>
      {view.children?.map((child) => (
        <Verified key={keyOf(child)} view={child} isChild />
      ))}
    </>
  );
}

/** Ended, or not there any more. */
function isOver(task: TaskView | undefined): boolean {
  return !task || hasEnded(task);
}

function isNotVerified({ view, problem }: Result): boolean {
  return problem?.code === "stop_incomplete" || (view?.evidence.left?.length ?? 0) > 0;
}

function said({ ref, view, problem }: Result): [string, "plain" | "problem", string?] {
  if (problem) return [problem.message, "problem", problem.hint];
  const words = view ? stopSentence(view.evidence) : "";
  return [`${dialogs.stop.verified(taskName(ref.task))}. ${words}`, "plain"];
}

/** Those that are not stopped with another one of them. */
function withoutChildren(
  byKey: ReadonlyMap<string, { parent_task?: string | null }>,
  tasks: readonly TaskRef[],
): TaskRef[] {
  const chosen = new Set(tasks.map(keyOf));
  return tasks.filter((ref) => {
    const seen = new Set<string>();
    for (let up = byKey.get(keyOf(ref))?.parent_task; up && !seen.has(up); up = byKey.get(up)?.parent_task) {
      if (chosen.has(up)) return false;
      seen.add(up);
    }
    return true;
  });
}
