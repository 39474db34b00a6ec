import { createContext, useContext } from "react";

const Context = createContext("");

/** The text that is looked for, for what shows only the first lines of a text. */
export const FoundText = Context;

/** How many lines are to be shown so that the first find among them is; none where there is nothing to find. */
export function useLinesToFind(text: string): number {
  const found = useContext(Context).toLowerCase();
  if (found === "") return 0;
  const at = text.toLowerCase().indexOf(found);
  return at < 0 ? 0 : text.slice(0, at).split("\n").length + 1;
}
