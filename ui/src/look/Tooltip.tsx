import { type ReactNode, useId, useState } from "react";
import css from "./Tooltip.module.css";

/** A word more about what is hovered or has the focus. It says nothing that cannot be had otherwise. */
export function Tooltip({ text, children }: { text: string; children: ReactNode }) {
  const [isShown, setShown] = useState(false);
  const id = useId();
  return (
    <span
      className={css.holder}
      aria-describedby={isShown ? id : undefined}
      onPointerEnter={() => setShown(true)}
      onPointerLeave={() => setShown(false)}
      onFocus={() => setShown(true)}
      onBlur={() => setShown(false)}
      onKeyDown={(event) => event.key === "Escape" && setShown(false)}
    >
      {children}
      {isShown && (
        <span id={id} role="tooltip" className={css.tip}>
          {text}
        </span>
      )}
    </span>
  );
}
