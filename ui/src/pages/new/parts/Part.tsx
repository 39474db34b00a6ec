import type { ReactNode } from "react";
import css from "./parts.module.css";

type Props = {
  label: string;
  note?: string;
  hint?: ReactNode;
  error?: string;
  /** Binds the error to the control that it is of. */
  errorId?: string;
  children: ReactNode;
};

/** A question of the form with several controls, and what the core says about the answer. */
export function Part({ label, note, hint, error, errorId, children }: Props) {
  return (
    <fieldset className={css.part}>
      <legend className={css.label}>
        {label} {note && <small>{note}</small>}
      </legend>
      {children}
      {hint && <p className={css.hint}>{hint}</p>}
      {error && (
        <p id={errorId} className={css.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
