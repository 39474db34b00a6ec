import { asProblem, isAborted, type Problem } from "~/platform/problem";
import { Value } from "~/platform/value";

export type Toast = { id: number; text: string; hint?: string; tone: "plain" | "problem" };

/** What is shown for a moment, and read out politely. */
export const toasts = new Value<readonly Toast[]>([]);
/** What is read out and not shown. */
export const announced = new Value("");

let next = 0;
const LASTS = { plain: 5_000, problem: 12_000 };

export function toast(text: string, tone: Toast["tone"] = "plain", hint?: string): void {
  const id = next++;
  toasts.set([...toasts.get().slice(-3), { id, text, hint, tone }]);
  setTimeout(() => dismiss(id), LASTS[tone]);
}

export function dismiss(id: number): void {
  toasts.set(toasts.get().filter((each) => each.id !== id));
}

/** The core's message and its hint, for what failed and has no place of its own on the page. */
export function toastProblem(error: unknown): void {
  if (isAborted(error)) return;
  const problem: Problem = asProblem(error);
  toast(problem.message, "problem", problem.hint);
}

let words: string[] = [];

/** Reads something out, together with what else comes within a second. */
export function announce(text: string): void {
  words.push(text);
  if (words.length > 1) return;
  setTimeout(() => {
    announced.set(words.slice(-5).join(". "));
    words = [];
  }, 1000);
}
