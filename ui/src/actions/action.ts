import type { Route } from "~/route";
import type { AppState } from "~/state/app";
import type { TaskRef } from "~/state/keys";
import type { en } from "~/words";

export type Group = keyof typeof en.groups;

/** What an action is done with. */
export type ActionContext = {
  app: AppState;
  route: Route;
  /** The task that is open. */
  selected: TaskRef | undefined;
  /** Whether the page may change things. */
  mayChange: boolean;
};

/** Something that a person can do. It is in the palette, on the page of keys, and has at most one key. */
export type Action = {
  /** `area.verb`; keys are remembered by it. */
  id: string;
  title: string | ((context: ActionContext) => string);
  /** Its title where it is told of whatever is the case now, as on the page of keys. */
  plainTitle?: string;
  group: Group;
  /** `n`, `?`, `mod+k`, `shift+arrowdown`. A person may set another one. */
  keys?: string;
  /** More keys that do the same and are not shown. */
  also?: string[];
  /** Whether it makes sense now; absent: always. */
  when?: (context: ActionContext) => boolean;
  run: (context: ActionContext) => void | Promise<void>;
  /** It is done by a key alone and not listed in the palette. */
  isHidden?: boolean;
};

type Titled = Pick<Action, "title" | "plainTitle">;

export function plainTitleOf(action: Titled, context: ActionContext): string {
  return action.plainTitle ?? titleOf(action, context);
}

export function titleOf(action: Titled, context: ActionContext): string {
  return typeof action.title === "string" ? action.title : action.title(context);
}
