import type { Ref } from "react";
import { Input } from "~/look";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";

type Props = { ref: Ref<HTMLInputElement>; text: string; set: (text: string) => void };

/** Shows only files whose paths hold a text; Esc shows all. */
export function Filter({ ref, text, set }: Props) {
  return (
    <Input
      ref={ref}
      type="search"
      className={css.filter}
      aria-label={changes.filter}
      placeholder={changes.filter}
      value={text}
      onChange={(event) => set(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        set("");
        event.currentTarget.blur();
      }}
    />
  );
}
