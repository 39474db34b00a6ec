import { useCallback, useState } from "react";
import { read, write } from "./storage";

const nameOf = (name: string) => `draft.${name}`;
const textOf = (key: string) => read<string>(key) ?? "";

/** A text that is being written and outlives a reload; an empty one is forgotten. */
export function useDraft(
  name: string,
): [string, (text: string) => void, /** Unless it is another one by now. */ (text: string) => boolean] {
  const key = nameOf(name);
  const [state, setState] = useState({ key, text: textOf(key) });
  const current = state.key === key ? state : { key, text: textOf(key) };
  if (current !== state) setState(current);
  const set = useCallback(
    (text: string) => {
      setState({ key, text });
      write(key, text || undefined);
    },
    [key],
  );
  const forget = useCallback(
    (text: string) => {
      const isSame = textOf(key) === text;
      if (isSame) set("");
      return isSame;
    },
    [key, set],
  );
  return [current.text, set, forget];
}

/** Goes on with a text under another name, unless something is written there. */
export function moveDraft(from: string, to: string): void {
  const text = textOf(nameOf(from));
  if (from === to || text === "" || textOf(nameOf(to)) !== "") return;
  write(nameOf(to), text);
  write(nameOf(from), undefined);
}
