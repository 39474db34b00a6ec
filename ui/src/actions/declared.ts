import { en } from "~/words";
import type { Action } from "./action";

/** What is known of an action wherever it can be done: its name, and its key. */
export type Declaration = Pick<Action, "id" | "title" | "plainTitle" | "group" | "keys" | "isHidden"> & {
  /** It acts only where it has the focus, before all others: its key may be another's elsewhere. */
  isLocal?: boolean;
};

type Said = Omit<Declaration, "id">;

type Choice = `list.choice.${number}`;

const choice = (index: number): [Choice, Said] => [
  `list.choice.${index}`,
  { title: en.actions.choice(index), group: "list", keys: String(index), isHidden: true },
];
const CHOICES = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(choice);

const BY_ID = {
  "list.filter": { title: en.actions.filter, group: "list", keys: "/" },
  "list.next": { title: en.actions.next, group: "list", keys: "j" },
  "list.previous": { title: en.actions.previous, group: "list", keys: "k" },
  "list.reply": { title: en.actions.reply, group: "list", keys: "r" },
  ...(Object.fromEntries(CHOICES) as Record<Choice, Said>),
  "fleet.down": { title: en.doing.fleet.below, group: "list", keys: "arrowdown", isHidden: true },
  "fleet.up": { title: en.doing.fleet.above, group: "list", keys: "arrowup", isHidden: true },
  "fleet.open": { title: en.doing.fleet.open, group: "list", keys: "o" },
  "task.write": { title: en.doing.write.focus, group: "task", keys: "m" },
  "read.find": { title: en.actions.find, group: "page", keys: "mod+f" },
  "read.findNext": { title: en.actions.findNext, group: "page", keys: "n", isLocal: true },
  "read.findPrevious": { title: en.actions.findPrevious, group: "page", keys: "shift+n", isLocal: true },
  "read.end": { title: en.reading.toEnd, group: "page", keys: "e" },
  "read.next": { title: en.actions.readNext, group: "page", keys: "]" },
  "read.previous": { title: en.actions.readPrevious, group: "page", keys: "[" },
  "read.fold": { title: en.actions.fold, group: "page", keys: "z" },
  "read.wrap": { title: en.actions.wrap, group: "page", keys: "w" },
  "read.copy": { title: en.reading.copyAll, group: "page" },
  "read.again": { title: en.actions.again, group: "page" },
} satisfies Record<string, Said>;

export type DeclaredId = keyof typeof BY_ID | Choice;

/** Actions that only hold while something is shown, which gives to `useActions` what they do. */
export const DECLARED: readonly Declaration[] = Object.entries<Said>(BY_ID).map(([id, said]) => ({
  id,
  ...said,
}));

export function declared(id: DeclaredId): Declaration {
  return DECLARED.find((each) => each.id === id) as Declaration;
}
