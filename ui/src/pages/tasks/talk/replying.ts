import { Value } from "~/platform/value";
import type { TaskRef } from "~/state/keys";

/** The message that is being replied to in the composer. */
export const replying = new Value<
  { task: TaskRef; id: string /** In words. */; kind: string; text: string } | undefined
>(undefined);
