import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { toastProblem } from "~/look";
import type { LongListHandle, Seen } from "~/look/LongList";
import { navigate, route, useRoute } from "~/route";
import { useHost } from "~/state/app";
import type { ChangesView } from "~/state/changes";
import { useOpen } from "~/state/hooks";
import type { Diffs } from "./diffs";
import type { ChangedFile, Group, Row } from "./rows";

/** Which file is read, and the way to another one. */
export function usePlace(
  rows: readonly Row[],
  view: ChangesView,
  list: RefObject<LongListHandle | null>,
  panel: RefObject<HTMLElement | null>,
) {
  /** The file whose lines stand at the upper edge. */
  const [reading, setReading] = useState<number>();
  const range = useRef<Seen>({ first: 0, last: 0, isAtEnd: false });
  const wanted = useRef<string>(undefined);
  const rowOf = (path: string) => rows.findIndex((row) => row.kind === "file" && row.file.path === path);

  // biome-ignore lint/correctness/useExhaustiveDependencies: its row may come later than the wish.
  useLayoutEffect(() => {
    const index = wanted.current === undefined ? -1 : rowOf(wanted.current);
    if (index < 0) return;
    wanted.current = undefined;
    list.current?.toRow(index);
  }, [rows]);

  const seen = (now: Seen) => {
    range.current = now;
    const row = rows[now.first];
    const next = row?.kind === "line" || row?.kind === "note" ? row.index : undefined;
    if (next !== reading) setReading(next);
  };

  const go = (step: number) => {
    const next = view.files[nextIndex(step)];
    if (!next) return;
    const index = rowOf(next.path);
    const isSeen = index >= range.current.first + 1 && index <= range.current.last - 1;
    if (!isSeen) list.current?.toRow(index);
    requestAnimationFrame(() => buttonOf(panel.current, next.path)?.focus({ preventScroll: true }));
  };

  const nextIndex = (step: number) => {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.file;
    const at = view.files.findIndex(({ path }) => path === focused);
    if (at >= 0) return at + step;
    if (reading !== undefined) return step > 0 ? reading + 1 : reading;
    const first = rows.slice(range.current.first).find((row) => row.kind === "file");
    return (first?.kind === "file" ? first.index : 0) + (step > 0 ? 0 : -1);
  };

  /** From now on the head of a file stands at the upper edge. */
  const keep = useCallback((path: string) => {
    wanted.current = path;
  }, []);

  return { reading, seen, go, keep };
}

function buttonOf(panel: HTMLElement | null, path: string): HTMLElement | undefined {
  const all = panel?.querySelectorAll<HTMLElement>("[data-file]") ?? [];
  return [...all].find((button) => button.dataset.file === path);
}

/** The file that the address names is unfolded and gone to. */
export function useFileOfAddress(view: ChangesView, diffs: Diffs, keep: (path: string) => void): void {
  const { file } = useRoute().query;
  const isThere = file !== undefined && view.files.some(({ path }) => path === file);
  useEffect(() => {
    if (!file || !isThere || diffs.of(file)) return;
    keep(file);
    diffs.unfold(file);
  }, [file, isThere, diffs, keep]);
}

/** Puts into the address which file was unfolded last. */
export function nameInAddress(file: string | undefined): void {
  const here = route();
  navigate({ ...here, query: { ...here.query, file } }, { replace: true });
}

/** Which of the parts around the files are open. */
export function useGroups() {
  const [commits, setCommits] = useOpen("changes:commits", false);
  const [leftOut, setLeftOut] = useOpen("changes:leftOut", false);
  return useMemo(
    () => ({
      isOpen: (group: Group) => (group === "commits" ? commits : leftOut),
      toggle: (group: Group) => (group === "commits" ? setCommits(!commits) : setLeftOut(!leftOut)),
    }),
    [commits, leftOut, setCommits, setLeftOut],
  );
}

/** How a file is opened in the editor; nothing where it cannot be. */
export function useEditor({ top }: ChangesView) {
  const { openInEditor } = useHost().capabilities;
  return useMemo(() => {
    const made = new Map<string, (line?: number) => void>();
    return ({ path, kind }: ChangedFile) => {
      // What is gone cannot be opened, nor what has no name as text.
      if (!openInEditor || !top || kind === "deleted" || path.startsWith('"')) return undefined;
      let open = made.get(path);
      if (!open) {
        open = (line) => void openInEditor({ path: `${top}/${path}`, line }).catch(toastProblem);
        made.set(path, open);
      }
      return open;
    };
  }, [openInEditor, top]);
}
