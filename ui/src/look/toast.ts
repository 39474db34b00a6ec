import { asProblem, isAborted, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";

export type Toast = { id: number; text: string; hint?: string; tone: "plain" | "problem" | "note" };

/** What is shown for a moment, and read out politely. */
export const toasts = new Value<readonly Toast[]>([]);
/** What is read out and not shown. */
export const announced = new Value("");

let next = 0;
/** Milliseconds; a note stays until a person has read it. */
const LASTS = { plain: 5_000, problem: 12_000, note: undefined };
/** So many that pass are shown. */
const MOST = 4;

export function toast(text: string, tone: Toast["tone"] = "plain", hint?: string): void {
  const id = next++;
  const before = toasts.get();
  const passing = before.filter((each) => each.tone !== "note").slice(1 - MOST);
  toasts.set([
    ...before.filter((each) => each.tone === "note" || passing.includes(each)),
    { id, text, hint, tone },
  ]);
  const lasts = LASTS[tone];
  if (lasts) setTimeout(() => dismiss(id), lasts);
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((each) => each.id !== id));
}

/** The core's message and its hint, for what failed and has no place of its own on the page. */
export function toastProblem(error: unknown): void {
  if (isAborted(error)) return;
  const problem: Problem = asProblem(error);
  toast(problem.message, problem.code === "late" ? "plain" : "problem", problem.hint);
}

let words: string[] = [];

/** Reads something out, together with what else comes within a second. */
export function announce(text: string): void {
  // What is told twice, as of a run and of its task, is read out once.
  if (words.includes(text)) return;
  words.push(text);
  if (words.length > 1) return;
  setTimeout(() => {
    announced.set(words.slice(-5).join(". "));
    words = [];
  }, 1000);
}
