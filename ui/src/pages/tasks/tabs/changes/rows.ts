import type { Schema } from "~/platform/operations";
import type { ChangesView } from "~/state/changes";
import type { Diff, Diffs } from "./diffs";
import type { PatchLine } from "./patch";

export type ChangedFile = Schema<"ChangedFile">;

/** A part that folds. */
export type Group = "commits" | "leftOut";

/** Rows of the list. Those of a diff name the file that they are of, by its place among the files. */
export type Row =
  | { kind: "summary" | "unavailable" | "none" | "noMatch" | "moreCommits" | "moreFiles" }
  | { kind: "group"; group: Group; count: number; isOpen: boolean }
  | { kind: "commit"; commit: Schema<"CommitView"> }
  | { kind: "leftOut"; item: Schema<"LeftOutView"> }
  | { kind: "file"; file: ChangedFile; index: number; diff: Diff | undefined }
  | { kind: "note"; note: Note; file: ChangedFile; index: number; diff: Diff }
  | { kind: "line"; line: PatchLine; id: number; index: number };

export type Note = "loading" | "problem" | "binary" | "lossy" | "cut" | "empty";

/** Pixels that a line and any other row are taken for. */
const LINE = 19;
const ROW = 30;
/** Characters of a line that fit beside each other, more or less. */
const WIDE = 100;

/** Everything that is shown of what a task changed, in its order. */
export function rowsOf(view: ChangesView, diffs: Diffs, isOpen: (group: Group) => boolean): Row[] {
  const rows: Row[] = [];
  if (view.since) rows.push({ kind: "summary" });
  if (view.unavailable) rows.push({ kind: "unavailable" });
  const group = (name: Group, count: number, items: () => Row[]) => {
    if (count === 0) return;
    rows.push({ kind: "group", group: name, count, isOpen: isOpen(name) });
    if (isOpen(name)) rows.push(...items());
  };
  group("commits", view.commits.length, () => [
    ...view.commits.map((commit): Row => ({ kind: "commit", commit })),
    ...(view.more_commits ? [{ kind: "moreCommits" } as const] : []),
  ]);
  group("leftOut", view.left_out.length, () => view.left_out.map((item) => ({ kind: "leftOut", item })));
  view.files.forEach((file, index) => {
    const diff = diffs.of(file.path);
    rows.push({ kind: "file", file, index, diff });
    if (diff) unfolded(rows, file, index, diff);
  });
  if (view.more_files > 0) rows.push({ kind: "moreFiles" });
  if (view.files.length === 0 && !view.unavailable) {
    rows.push({ kind: view.totals.files > 0 ? "noMatch" : "none" });
  }
  return rows;
}

function unfolded(rows: Row[], file: ChangedFile, index: number, diff: Diff): void {
  const note = (kind: Note) => rows.push({ kind: "note", note: kind, file, index, diff });
  if (diff.problem) note("problem");
  if (diff.isLossy) note("lossy");
  let id = diff.firstId;
  for (const line of diff.lines) rows.push({ kind: "line", line, id: id++, index });
  if (diff.isCut) note("cut");
  if (file.binary) note("binary");
  else if (diff.lines.length === 0 && !diff.problem) note(diff.isLoading ? "loading" : "empty");
}

/** Names a row, also when others came before it. */
export function keyOf(row: Row): string | number {
  switch (row.kind) {
    case "line":
      return row.id;
    case "file":
      return `f ${row.file.path}`;
    case "note":
      return `n ${row.note} ${row.file.path}`;
    case "group":
      return `g ${row.group}`;
    case "commit":
      return `c ${row.commit.id}`;
    case "leftOut":
      return `l ${row.item.path}`;
    default:
      return row.kind;
  }
}

/** Pixels that a row is taken for before it was drawn. */
export function estimateOf(row: Row): number {
  if (row.kind === "summary") return 84;
  if (row.kind !== "line") return ROW;
  return "text" in row.line ? LINE * Math.max(1, Math.ceil(row.line.text.length / WIDE)) : LINE;
}
