import type { ButtonHTMLAttributes, ReactNode } from "react";
import css from "./Button.module.css";
import { cx } from "./cx";
import { Icon, type IconName } from "./Icon";
import { Keys } from "./Keys";

type Kind = "plain" | "primary" | "quiet" | "danger";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  /** `primary`: the one thing to do next; `danger`: what loses something, never the default. */
  kind?: Kind;
  /** Its key, shown beside its word. */
  keys?: string;
  /** It was pressed, and the core has not answered yet. */
  pending?: boolean;
  small?: boolean;
  /** What is longer than there is room for goes on in more lines. */
  wraps?: boolean;
};

export function Button({ kind = "plain", keys, pending, small, wraps, className, children, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      data-kind={kind}
      aria-busy={pending || undefined}
      disabled={rest.disabled || pending}
      className={cx(css.button, css[kind], small && css.small, wraps && css.wraps, className)}
    >
      {children}
      {keys && <Keys keys={keys} onColour={kind === "primary"} />}
    </button>
  );
}

type IconProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label"> & {
  icon: IconName;
  label: string;
};

/** A button that is a sign; its label is its tooltip. */
export function IconButton({ icon, label, className, ...rest }: IconProps) {
  return (
    <button type="button" {...rest} title={label} aria-label={label} className={cx(css.icon, className)}>
      <Icon name={icon} />
    </button>
  );
}

/** Buttons that belong together. */
export function Buttons({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cx(css.row, className)}>{children}</div>;
}
