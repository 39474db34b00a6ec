import { toolKind } from "./action";
import { plural } from "./amounts";
import { en } from "./en";

/** What a tool does, in one word: "Read", "Shell"; the agent's own name of others. */
export function toolName(name: string): string {
  const kind = toolKind(name);
  return kind ? en.reading.tools[kind] : name || en.reading.tools.lost;
}

/** What came of a tool, in a few words: "214 lines", "exit 101", or its only line. */
export function resultNote(output: string): string {
  const text = output.trimEnd();
  const exit = /\b(?:exit(?:ed with)?(?: code| status)?:?|Exit code)\s+(\d+)\s*$/.exec(text.slice(-60))?.[1];
  if (exit && exit !== "0") return en.reading.exit(exit);
  if (text === "") return "";
  const lines = text.split("\n").length;
  if (lines === 1) return text.length <= 48 ? text : `${text.slice(0, 47)}…`;
  return plural(lines, en.reading.line, en.reading.lines);
}
