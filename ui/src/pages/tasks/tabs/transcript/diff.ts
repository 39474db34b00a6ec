export type DiffLine = { kind: "add" | "del" | "same" | "head"; text: string };

/** More lines than this are not compared: the old ones are shown as gone, the new ones as come. */
const MOST = 600;

/** How one text became another, line by line. */
export function diffOf(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const same = (lines: string[]) => lines.map((text): DiffLine => ({ kind: "same", text }));
  return [
    ...same(a.slice(0, start)),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

function middle(a: string[], b: string[]): DiffLine[] {
  const del = (text: string): DiffLine => ({ kind: "del", text });
  const add = (text: string): DiffLine => ({ kind: "add", text });
  if (a.length === 0 || b.length === 0 || a.length > MOST || b.length > MOST) {
    return [...a.map(del), ...b.map(add)];
  }
  const common = longest(a, b);
  const out: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ kind: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1))) {
      out.push(del(a[i] ?? ""));
      i += 1;
    } else {
      out.push(add(b[j] ?? ""));
      j += 1;
    }
  }
  return out;
}

/** How many lines two ends have in common, at most: of `a` from one place on, of `b` from another. */
function longest(a: string[], b: string[]): (i: number, j: number) => number {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const down = table[(i + 1) * width + j] ?? 0;
      const right = table[i * width + j + 1] ?? 0;
      table[i * width + j] =
        a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right);
    }
  }
  return (i, j) => table[i * width + j] ?? 0;
}

/** The lines of a patch, as `diff -u`, git and agents write them; none where the text is no patch. */
export function patchOf(text: string): DiffLine[] | undefined {
  if (!/^(@@ |diff --git |\*\*\* (Begin Patch|Update File|Add File|Delete File))/m.test(text))
    return undefined;
  return linesOf(text).map((line): DiffLine => {
    if (/^(\+\+\+ |--- |@@ |diff |index |\*\*\* )/.test(line)) return { kind: "head", text: line };
    if (line.startsWith("+")) return { kind: "add", text: line.slice(1) };
    if (line.startsWith("-")) return { kind: "del", text: line.slice(1) };
    return { kind: "same", text: line.startsWith(" ") ? line.slice(1) : line };
  });
}

/** What a use of an editing tool changes, as its arguments tell it; none where they do not. */
export function editOf(input: unknown): DiffLine[] | undefined {
  if (typeof input === "string") return patchOf(input);
  if (typeof input !== "object" || input === null) return undefined;
  const given = input as Record<string, unknown>;
  const text = (...names: string[]) =>
    names.map((name) => given[name]).find((value): value is string => typeof value === "string");
  const patch = text("patch", "diff", "input");
  if (patch !== undefined) return patchOf(patch);
  if (Array.isArray(given.edits)) return given.edits.flatMap((edit) => editOf(edit) ?? []);
  const [before, after] = [text("old_string", "old_str"), text("new_string", "new_str")];
  if (before !== undefined || after !== undefined) return diffOf(before ?? "", after ?? "");
  const content = text("content", "file_text");
  return content === undefined ? undefined : diffOf("", content);
}

export function changesOf(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("add"), removed: count("del") };
}

function linesOf(text: string): string[] {
  if (text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}
