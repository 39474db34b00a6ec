import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { createPortal } from "react-dom";
import { en } from "~/words";
import { Button, Buttons, IconButton } from "./Button";
import { cx } from "./cx";
import css from "./Dialog.module.css";
import { keepTab, useFocusIn } from "./focus";

type Props = {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons below, the main one last. */
  footer?: ReactNode;
  /** `wide` for a page's work, `top` for what is searched. */
  size?: "small" | "wide" | "top";
  /** The title is read out, not drawn. */
  hideTitle?: boolean;
};

/** What must be dealt with first: the focus stays in it, Esc closes it, the focus goes back. */
export function Dialog({ title, onClose, children, footer, size = "small", hideTitle }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const titleId = useId();
  useFocusIn(box);
  const key = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape" && !event.defaultPrevented) onClose();
    if (box.current) keepTab(event, box.current);
  };
  return createPortal(
    <div className={cx(css.veil, size === "top" && css.atTop)} data-dialog="">
      <div className={css.beside} onPointerDown={onClose} />
      <div
        ref={box}
        role="dialog"
        aria-modal="true"
        aria-labelledby={titleId}
        tabIndex={-1}
        className={cx(css.box, css[size])}
        onKeyDown={key}
      >
        <header className={hideTitle ? "hidden-text" : css.head}>
          <h2 id={titleId}>{title}</h2>
          {!hideTitle && <IconButton icon="close" label={en.look.close} onClick={onClose} />}
        </header>
        <div className={css.body}>{children}</div>
        {footer && <Buttons className={css.foot}>{footer}</Buttons>}
      </div>
    </div>,
    document.body,
  );
}

type ConfirmProps = {
  title: string;
  /** Exactly what will be lost or done. */
  text: ReactNode;
  confirm: string;
  danger?: boolean;
  pending?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

/** The second step of what cannot be undone. Cancel has the focus. */
export function Confirm({ title, text, confirm, danger, pending, onConfirm, onClose }: ConfirmProps) {
  const footer = (
    <>
      <Button kind="plain" data-autofocus="" onClick={onClose}>
        {en.confirm.cancel}
      </Button>
      <Button kind={danger ? "danger" : "primary"} pending={pending} onClick={onConfirm}>
        {confirm}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} footer={footer}>
      <div className={css.text}>{text}</div>
    </Dialog>
  );
}
