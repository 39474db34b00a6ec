/** A line of a diff. */
export type PatchLine =
  | { kind: "add"; now: number; text: string }
  | { kind: "del"; old: number; text: string }
  | { kind: "same"; old: number; now: number; text: string }
  /** Where in the file what follows is: its first line there, and what it is in. */
  | { kind: "hunk"; at: number; range: string; text: string }
  /** A line of git about the file. */
  | { kind: "head"; text: string }
  | { kind: "end" };

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
/** What is said of a file elsewhere. */
const SAID =
  /^(index |--- |\+\+\+ |similarity index |dissimilarity index |rename |new file mode |deleted file mode )/;

/** The lines of a patch as git writes it. What a line is follows from the counts of its hunk, not from how it looks. */
export function linesOf(patch: string): PatchLine[] {
  const lines: PatchLine[] = [];
  let [old, now, oldLeft, nowLeft] = [0, 0, 0, 0];
  let files = 0;
  for (const line of split(patch)) {
    const text = line.slice(1);
    if (line[0] === "\\") lines.push({ kind: "end" });
    else if (oldLeft > 0 && line[0] === "-") {
      lines.push({ kind: "del", old: old++, text });
      oldLeft -= 1;
    } else if (nowLeft > 0 && line[0] === "+") {
      lines.push({ kind: "add", now: now++, text });
      nowLeft -= 1;
    } else if (oldLeft > 0 && nowLeft > 0) {
      lines.push({ kind: "same", old: old++, now: now++, text });
      oldLeft -= 1;
      nowLeft -= 1;
    } else {
      const hunk = HUNK.exec(line);
      if (hunk) {
        [old, now] = [Number(hunk[1]), Number(hunk[3])];
        [oldLeft, nowLeft] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
        const range = line.slice(0, line.indexOf(" @@") + 3);
        lines.push({ kind: "hunk", at: now, range, text: hunk[5] ?? "" });
      } else if (line.startsWith("diff --git ")) {
        files += 1;
        if (files > 1) lines.push({ kind: "head", text: line });
      } else if (line !== "" && !SAID.test(line)) lines.push({ kind: "head", text: line });
    }
  }
  return lines;
}

function split(patch: string): string[] {
  const lines = patch.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
