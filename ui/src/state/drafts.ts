import { useCallback, useState } from "react";
import { read, write } from "./storage";

/** A text that is being written and outlives a reload; an empty one is forgotten. */
export function useDraft(name: string): [string, (text: string) => void] {
  const key = `draft.${name}`;
  const [state, setState] = useState({ key, text: read<string>(key) ?? "" });
  if (state.key !== key) setState({ key, text: read<string>(key) ?? "" });
  const set = useCallback(
    (text: string) => {
      setState({ key, text });
      write(key, text || undefined);
    },
    [key],
  );
  return [state.key === key ? state.text : "", set];
}
