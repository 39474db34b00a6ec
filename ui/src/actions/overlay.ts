import type { ReactNode } from "react";
import { Value } from "~/platform/value";
import type { TaskRef } from "~/state/keys";

/** What lies over the page: one thing at a time. */
export const overlay = new Value<"palette" | "keys" | undefined>(undefined);

export type Question = {
  title: string;
  text: ReactNode;
  confirm: string;
  danger?: boolean;
  run: () => Promise<void>;
};

/** The second step that an action asks for. */
export const question = new Value<Question | undefined>(undefined);

/** Asks for the second step; it is done only when a person says so. */
export function ask(next: Question): void {
  question.set(next);
}

/** What asks more than yes or no: `app/dialogs` draws it. */
export type TaskDialog =
  | { kind: "stop"; tasks: readonly TaskRef[] }
  | { kind: "done" | "handOver" | "delete"; task: TaskRef }
  | { kind: "putAway" | "shelf" };

export const taskDialog = new Value<TaskDialog | undefined>(undefined);
