import type { AgentEvent } from "~/platform/operations";
import { en } from "./en";

export type ToolKind = "reads" | "edits" | "runs" | "searches" | "fetches" | "searchesWeb";

const TOOLS: [RegExp, ToolKind][] = [
  [/^(read|view|read_file|cat)$/i, "reads"],
  [/^(edit|multiedit|write|apply_patch|replace|write_file|notebookedit|file_change)$/i, "edits"],
  [/^(bash|shell|exec|exec_command|run_shell_command|command_execution|local_shell)$/i, "runs"],
  [/^(grep|glob|search|search_file_content|find|ls|list_directory)$/i, "searches"],
  [/^(webfetch|web_fetch|fetch)$/i, "fetches"],
  [/^(websearch|web_search|google_web_search)$/i, "searchesWeb"],
];

/** What a tool is for, whatever its agent calls it; none where that is not known. */
export function toolKind(name: string): ToolKind | undefined {
  return TOOLS.find(([pattern]) => pattern.test(name))?.[1];
}

/** What an agent does now, of the event that it reported last; none where that says nothing to a person. */
export function actionSentence(event: AgentEvent): string | undefined {
  switch (event.event) {
    case "tool_call":
      return toolSentence(event.name, event.input);
    case "thinking":
      return en.action.thinks;
    case "text":
      return en.action.writes;
    case "retry":
      return en.action.retries(event.attempt);
    default:
      return undefined;
  }
}

/** A use of a tool: "Edits src/auth/session.rs". */
export function toolSentence(name: string, input: unknown): string {
  const what = subject(input);
  const kind = toolKind(name);
  if (kind && what) return en.action[kind](what);
  return what ? `${name} ${what}` : en.action.uses(name);
}

const SUBJECTS = ["file_path", "path", "command", "cmd", "pattern", "query", "url", "description", "prompt"];

/** The one thing in a tool's arguments that a person wants to see. */
export function subject(input: unknown): string {
  if (typeof input === "string") return line(input);
  if (typeof input !== "object" || input === null) return "";
  for (const key of SUBJECTS) {
    const value = (input as Record<string, unknown>)[key];
    if (typeof value === "string" && value !== "") return line(value);
    if (Array.isArray(value) && value.every((part) => typeof part === "string")) return line(value.join(" "));
  }
  return "";
}

function line(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  return first.length > 120 ? `${first.slice(0, 119)}…` : first;
}
