import { useContext } from "react";
import { cx, Elapsed, Icon, IconButton, StateGlyph, Untrusted } from "~/look";
import { copy } from "~/look/copy";
import { OpenPath } from "~/parts/OpenPath";
import { resultNote, subject, took, toolKind, toolName } from "~/words";
import { reading } from "~/words/en.reading";
import { changesOf, editOf } from "./diff";
import { WorkFolder } from "./folder";
import { Arguments, Diff, Output } from "./Output";
import css from "./Row.module.css";
import type { ToolRow } from "./rows";

type Props = { row: ToolRow; isOpen: boolean; isAtWork: boolean; toggle: (id: number) => void };

/** A use of a tool: one line, which opens to what was given and what came. */
export function Tool({ row, isOpen, isAtWork, toggle }: Props) {
  const { result } = row;
  const isRunning = !result && isAtWork;
  return (
    <div className={css.tool}>
      <button type="button" className={css.fold} aria-expanded={isOpen} onClick={() => toggle(row.id)}>
        <span className={css.sign}>
          {result?.isError ? (
            <StateGlyph glyph="failed" label={reading.failed} />
          ) : isRunning ? (
            <StateGlyph glyph="running" label={reading.running} />
          ) : (
            <span className={cx(css.arrow, isOpen && css.turned)}>
              <Icon name="right" size={10} />
            </span>
          )}
        </span>
        <span className={css.name}>
          <Untrusted text={toolName(row.name)} />
        </span>
        <span className={css.subject}>
          <Untrusted text={subject(row.input)} />
        </span>
        <Note row={row} isRunning={isRunning} />
      </button>
      {isOpen && <Body row={row} isRunning={isRunning} />}
    </div>
  );
}

function Note({ row, isRunning }: { row: ToolRow; isRunning: boolean }) {
  const { result, at } = row;
  const edit = toolKind(row.name) === "edits" ? editOf(row.input) : undefined;
  const changes = edit && changesOf(edit);
  const time = result?.at !== undefined && at !== undefined ? result.at - at : undefined;
  return (
    <span className={css.note}>
      {changes && !result?.isError ? (
        <>
          {changes.added > 0 && <span className={css.added}>{reading.added(changes.added)}</span>}{" "}
          {changes.removed > 0 && <span className={css.removed}>{reading.removed(changes.removed)}</span>}
        </>
      ) : (
        result && <Untrusted text={resultNote(result.output)} />
      )}
      <span className={css.took}>
        {time !== undefined && took(time)}
        {isRunning && at !== undefined && <Elapsed from={new Date(at).toISOString()} />}
      </span>
    </span>
  );
}

function Body({ row, isRunning }: { row: ToolRow; isRunning: boolean }) {
  const { result, input } = row;
  const edit = toolKind(row.name) === "edits" ? editOf(input) : undefined;
  const path = pathOf(input);
  const folder = useContext(WorkFolder);
  return (
    <div className={css.body}>
      {path && (
        <p className={css.file}>
          <code>
            <Untrusted text={path} />
          </code>
          <OpenPath path={path} folder={folder} />
          <IconButton icon="copy" label={reading.copy} onClick={() => void copy(path)} />
        </p>
      )}
      {edit ? <Diff lines={edit} /> : !isSaid(input) && <Arguments input={input} />}
      {result && result.output !== "" && (!edit || result.isError) && <Output text={result.output} />}
      {!result && !isRunning && <p className={css.quiet}>{reading.noResult}</p>}
    </div>
  );
}

/** The file that a tool was used on. */
function pathOf(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { file_path: file, notebook_path: notebook, path } = input as Record<string, unknown>;
  return [file, notebook, path].find((value): value is string => typeof value === "string" && value !== "");
}

/** Whether the folded line says all that was given. */
function isSaid(input: unknown): boolean {
  if (input === undefined || input === null) return true;
  return typeof input === "object" && Object.values(input).every((value) => value === subject(input));
}
