import { type ComponentProps, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { cx } from "./cx";
import css from "./Field.module.css";

type Named = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };

type FieldProps = {
  label: string;
  hint?: ReactNode;
  /** Why what stands in it is not taken: the core's own words, beside the field. */
  error?: string;
  hideLabel?: boolean;
  /** Draws the control with the names that bind it to its label, hint and error. */
  children: (named: Named) => ReactNode;
};

/** A control with its label, and the error beside it. */
export function Field({ label, hint, error, hideLabel, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={css.field}>
      <label htmlFor={id} className={hideLabel ? "hidden-text" : css.label}>
        {label}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className={css.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className={css.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input type="text" autoComplete="off" spellCheck={false} {...rest} className={cx(css.input, className)} />
  );
}

export function TextArea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return <textarea rows={3} {...rest} className={cx(css.input, css.area, className)} />;
}

type SelectProps<T extends string> = Partial<Named> & {
  value: T;
  options: readonly { value: T; title: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
  "aria-label"?: string;
};

/** One of several, in the system's own list. */
export function Select<T extends string>({ options, onChange, ...rest }: SelectProps<T>) {
  return (
    <select
      {...rest}
      className={cx(css.input, css.select)}
      onChange={(event) => onChange(event.target.value as T)}
    >
      {options.map(({ value, title }) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  );
}

type ToggleProps = Partial<Named> & {
  checked: boolean;
  onChange: (on: boolean) => void;
  "aria-label"?: string;
};

/** On or off, at once. */
export function Toggle({ checked, onChange, ...rest }: ToggleProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      className={css.toggle}
      onClick={() => onChange(!checked)}
      {...rest}
    />
  );
}

type SegmentsProps<T extends string> = {
  label: string;
  value: T;
  options: readonly { value: T; title: string }[];
  onChange: (value: T) => void;
};

/** One of a few, all seen at once. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <fieldset className={css.segments}>
      <legend className="hidden-text">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          className={css.segment}
          onClick={() => onChange(option.value)}
        >
          {option.title}
        </button>
      ))}
    </fieldset>
  );
}
