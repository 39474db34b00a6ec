import { useSyncExternalStore } from "react";
import { Value } from "~/platform/value";
import { parse, print, type Route } from "./route";

const here = () => location.pathname + location.search;

const current = new Value<Route>(parse(here()));

window.addEventListener("popstate", () => current.set(parse(here())));

/** What a step that was made within the page is known by. */
const HERE = { isOwn: true };

/** Back to where one came from within the page; else to a route. */
export function back(fallback: Route): void {
  if ((history.state as typeof HERE | null)?.isOwn) history.back();
  else navigate(fallback);
}

/** Goes to a page; `replace` leaves no step in the history. */
export function navigate(route: Route, { replace = false } = {}): void {
  const address = print(route);
  if (address !== here()) {
    const state = replace ? history.state : HERE;
    history[replace ? "replaceState" : "pushState"](state, "", address);
  }
  current.set(parse(address));
}

export function route(): Route {
  return current.get();
}

export function useRoute(): Route {
  return useSyncExternalStore(current.watch, current.get);
}
