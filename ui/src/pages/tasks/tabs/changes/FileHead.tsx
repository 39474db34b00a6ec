import { cx, Icon, IconButton, Untrusted, visibleText } from "~/look";
import { copy } from "~/look/copy";
import { bytes, count } from "~/words";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";
import type { Diff } from "./diffs";
import { Kind } from "./Kind";
import type { ChangedFile } from "./rows";

type Props = {
  file: ChangedFile;
  diff: Diff | undefined;
  toggle: (file: ChangedFile) => void;
  setWhole: (file: ChangedFile, isWhole: boolean) => void;
  /** Absent where it cannot be opened. */
  open?: () => void;
  /** What repeats it while its lines are read. */
  isRepeated?: boolean;
};

/** A file that changed; a press unfolds what changed in it. */
export function FileHead({ file, diff, toggle, setWhole, open, isRepeated }: Props) {
  const { path, kind, old_path: before } = file;
  const tab = isRepeated ? -1 : undefined;
  return (
    <div className={cx(css.file, isRepeated && css.repeated)} aria-hidden={isRepeated}>
      <button
        type="button"
        className={css.fold}
        aria-expanded={diff !== undefined}
        data-file={isRepeated ? undefined : path}
        tabIndex={tab}
        title={visibleText(before ? `${before} → ${path}` : path)}
        onClick={() => toggle(file)}
      >
        <span className={cx(css.arrow, diff && css.turned)}>
          <Icon name="right" size={10} />
        </span>
        <Kind kind={kind} />
        <Path path={path} />
        {before && (
          <span className={css.before}>
            <Untrusted text={changes.renamedFrom(before)} />
          </span>
        )}
        <Amounts file={file} />
      </button>
      <span className={css.tools}>
        {diff && !file.binary && kind === "modified" && (
          <button
            type="button"
            className={css.tool}
            tabIndex={tab}
            aria-pressed={diff.isWhole}
            onClick={() => setWhole(file, !diff.isWhole)}
          >
            {changes.whole}
          </button>
        )}
        {open && <IconButton icon="external" label={changes.open} tabIndex={tab} onClick={open} />}
        <IconButton icon="copy" label={changes.copyPath} tabIndex={tab} onClick={() => void copy(path)} />
      </span>
    </div>
  );
}

/** The end of a path is what names the file: it is cut at its folders. */
function Path({ path }: { path: string }) {
  const cut = path.lastIndexOf("/", path.length - 2) + 1;
  return (
    <span className={css.path}>
      {cut > 0 && (
        <span className={css.folder}>
          <Untrusted text={path.slice(0, cut)} />
        </span>
      )}
      <span className={css.name}>
        <Untrusted text={path.slice(cut)} />
      </span>
    </span>
  );
}

function Amounts({ file: { added, removed, binary, bytes: size } }: { file: ChangedFile }) {
  if (binary) {
    return (
      <span className={css.amounts}>
        {[changes.binary, size != null && bytes(size)].filter(Boolean).join(", ")}
      </span>
    );
  }
  return <Lines added={added ?? 0} removed={removed ?? 0} />;
}

/** "+12 −3". */
export function Lines({ added, removed }: { added: number; removed: number }) {
  return (
    <span className={css.amounts}>
      <span className="hidden-text">{changes.lines(count(added), count(removed))}</span>
      <span aria-hidden="true" className={css.added}>
        {added > 0 && changes.added(count(added))}
      </span>
      <span aria-hidden="true" className={css.removed}>
        {removed > 0 && changes.removed(count(removed))}
      </span>
    </span>
  );
}
