import { setTable as set } from "~/actions/registry";
import { ACTIONS } from "~/actions/table";
import { announce, toast } from "~/look";
import type { AppState } from "~/state/app";
import { announcement, en, sentence } from "~/words";

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

/** Says where a file is that a person kept: a browser would show it by itself. */
export function sayKept({ host }: AppState): () => void {
  const { desktop } = host.capabilities;
  return (
    desktop?.kept.watch(() => {
      const path = desktop.kept.get()?.path;
      if (path) toast(en.look.kept(path));
      else toast(en.look.notKept, "problem");
    }) ?? (() => undefined)
  );
}

const said = new Set<string>();

/** Says once what the desktop around the page does not have, and what helps; it stays until it was read. */
export function sayMissing({ host }: AppState): () => void {
  const { desktop } = host.capabilities;
  if (!desktop) return () => undefined;
  const look = () => {
    for (const { what, text, hint, isNew } of desktop.get()?.missing ?? []) {
      if (!isNew || said.has(what)) continue;
      said.add(what);
      toast(sentence(text), "note", sentence(hint));
    }
  };
  look();
  return desktop.watch(look);
}
