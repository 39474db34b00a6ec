import type { RunView, TaskStatus, TaskView } from "~/platform/operations";
import { en } from "./en";
import { taskName } from "./names";
import { clock } from "./time";

/** One word or two for a state, beside its silhouette. */
export function statusWord(status: TaskStatus | RunView["status"]): string {
  return en.status[status];
}

export type StatusContext = {
  now: number;
  /** The last action of its agent, where it is known. */
  action?: string;
  /** When it goes on by itself, where it is known. */
  wakeAt?: string | null;
};

/** What a task does or waits for, in words a person would use. */
export function statusSentence(task: TaskView, { now, action, wakeAt }: StatusContext): string {
  switch (task.status) {
    case "running":
      return action ?? runningSentence(task);
    case "waiting":
      return en.sentence.after(dependencies(task.reason));
    case "queued":
      return en.sentence.queued;
    case "waiting_quota":
      return wakeAt ? en.sentence.quotaUntil(clock(Date.parse(wakeAt), now)) : quotaReason(task.reason);
    case "paused":
      return en.sentence.paused;
    case "interrupted":
      return en.sentence.interrupted;
    default:
      return endSentence(task);
  }
}

function runningSentence({ reason, iteration }: TaskView): string {
  const waits = /^waits for child tasks: (.+)$/.exec(reason ?? "")?.[1];
  if (waits) return en.sentence.children(names(waits));
  return reason ? sentence(reason) : en.sentence.working(iteration);
}

function endSentence(task: TaskView): string {
  const known = en.sentence[task.status as keyof typeof en.sentence];
  const plain = typeof known === "string" ? known : en.status[task.status];
  return task.reason && task.status === "failed" ? sentence(task.reason) : plain;
}

/** "waits for task-…-a (failed), task-…-b (running)" names a and b. */
function dependencies(reason: string | null | undefined): string {
  return names(/waits for (.+)$/.exec(reason ?? "")?.[1] ?? "");
}

function names(list: string): string {
  const each = list.split(", ").map((name) => taskName(name.replace(/ \(.*\)$/, "").replace(/^.*\//, "")));
  return each.length > 2 ? en.sentence.andMore(each[0] ?? "", each.length - 1) : each.join(en.and);
}

function quotaReason(reason: string | null | undefined): string {
  return sentence(reason ?? en.status.waiting_quota);
}

/** A sentence as it goes on within a line: "Waits for you" after "claude · ". */
export function fragment(text: string): string {
  return /^[A-Z](?![A-Z])/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** A fragment as the core writes them, as a sentence begins; a name or a command at its begin stays as it is. */
export function sentence(fragment: string): string {
  const word = /^\S*/.exec(fragment)?.[0].replace(/[.,;!?]+$/, "") ?? "";
  return NAME.test(word) ? fragment : fragment.charAt(0).toUpperCase() + fragment.slice(1);
}

/** What is no plain word: names of tasks and keys, paths, options, commands. */
const NAME = /[-/._:`\d]|^conductor$/;
