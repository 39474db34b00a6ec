import { setTable as set } from "~/actions/registry";
import { ACTIONS } from "~/actions/table";
import { announce } from "~/look";
import type { AppState } from "~/state/app";
import { announcement } from "~/words";

export { useKeys } from "~/actions";

export function setTable(): void {
  set(ACTIONS);
}

/** Reads out what a person would look up for: who waits, what ended. */
export function announced(app: AppState): () => void {
  const follower = {
    load: async () => undefined,
    apply: (changes: Parameters<typeof announcement>[0][]) => {
      for (const change of changes) {
        const words = announcement(change);
        if (words) announce(words);
      }
    },
    failed: () => undefined,
  };
  app.journal.followers.push(follower);
  return () => void app.journal.followers.splice(app.journal.followers.indexOf(follower), 1);
}
