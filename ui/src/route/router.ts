import { useSyncExternalStore } from "react";
import { Value } from "~/platform/value";
import { parse, print, type Route } from "./route";

const here = () => location.pathname + location.search;

const current = new Value<Route>(parse(here()));

window.addEventListener("popstate", () => current.set(parse(here())));

/** Goes to a page; `replace` leaves no step in the history. */
export function navigate(route: Route, { replace = false } = {}): void {
  const address = print(route);
  if (address !== here()) history[replace ? "replaceState" : "pushState"](null, "", address);
  current.set(parse(address));
}

export function route(): Route {
  return current.get();
}

export function useRoute(): Route {
  return useSyncExternalStore(current.watch, current.get);
}
