import { useEffect, useRef } from "react";
import { toastProblem } from "~/look/toast";
import { asProblem } from "~/platform/problem";
import { Value } from "~/platform/value";
import { route } from "~/route";
import type { AppState } from "~/state/app";
import { selectedIn } from "~/state/selection";
import type { Action, ActionContext } from "./action";
import { DECLARED, type Declaration, type DeclaredId, declared } from "./declared";

/** Actions that hold while something is shown, the latest last. */
const shown = new Value<readonly Action[]>([]);
/** Actions that always hold; `actions/table.ts` gives them. */
let table: readonly Action[] = [];

export function setTable(actions: readonly Action[]): void {
  table = actions;
}

/** All actions there are now. One that is shown takes the place of one of the table with its id. */
export function allActions(): Action[] {
  const byId = new Map<string, Action>();
  for (const action of [...table, ...shown.get()]) byId.set(action.id, action);
  return [...byId.values()];
}

export const shownActions = shown;

/** What a person can ever do, wherever it can be done: what keys are set for. */
export function everyAction(): readonly Declaration[] {
  return [...table, ...DECLARED];
}

/** What a component gives to an action that is declared; its title, where it is a more exact one there. */
export type Offer = Pick<Action, "also" | "when" | "run"> & { id: DeclaredId; title?: string };

/** Offers actions while the component is shown. They may be made anew at each drawing. */
export function useActions(offers: Offer[]): void {
  const actions = offers.map(
    (offer): Action => ({ ...declared(offer.id), ...offer, title: offer.title ?? declared(offer.id).title }),
  );
  const latest = useRef(actions);
  latest.current = actions;
  const ids = actions.map(({ id }) => id).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: who is offered is told by the ids; what they do is read late.
  useEffect(() => {
    const find = (id: string) => latest.current.find((action) => action.id === id);
    const mine = latest.current.map(
      (action): Action => ({
        ...action,
        title: (context) => {
          const title = find(action.id)?.title ?? action.title;
          return typeof title === "string" ? title : title(context);
        },
        when: (context) => {
          const now = find(action.id);
          return now !== undefined && (now.when?.(context) ?? true);
        },
        run: (context) => find(action.id)?.run(context),
      }),
    );
    shown.set([...shown.get(), ...mine]);
    return () => shown.set(shown.get().filter((action) => !mine.includes(action)));
  }, [ids]);
}

export function contextOf(app: AppState): ActionContext {
  const here = route();
  const { access } = app.host.capabilities;
  return { app, route: here, selected: selectedIn(here), mayChange: access?.get().mayChange ?? true };
}

/** Actions that make sense now. */
export function possible(context: ActionContext): Action[] {
  return allActions().filter((action) => action.when?.(context) ?? true);
}

/** Does an action; what goes wrong is said in the core's words. */
export async function perform(action: Action, app: AppState): Promise<void> {
  try {
    await action.run(contextOf(app));
  } catch (error) {
    toastProblem(asProblem(error));
  }
}

export async function performById(id: string, app: AppState): Promise<void> {
  const action = possible(contextOf(app)).find((each) => each.id === id);
  if (action) await perform(action, app);
}
