import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { cx } from "./cx";
import { focusable, useFocusIn, useOutside } from "./focus";
import { Keys } from "./Keys";
import css from "./Menu.module.css";

type Opener = (props: {
  onClick: () => void;
  "aria-haspopup": "menu" | "dialog";
  "aria-expanded": boolean;
  "aria-controls"?: string;
}) => ReactElement;

type PopoverProps = {
  /** Draws the button that opens it. */
  opener: Opener;
  label: string;
  children: (close: () => void) => ReactNode;
  role?: "menu" | "dialog";
  onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
};

/** What floats beside a button. Esc and pressing outside close it. */
function Popover({ opener, label, children, role = "dialog", onKeyDown }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  return (
    <span ref={anchor} className={css.anchor}>
      {opener({
        onClick: () => setOpen((open) => !open),
        "aria-haspopup": role,
        "aria-expanded": isOpen,
        "aria-controls": isOpen ? id : undefined,
      })}
      {isOpen && (
        <Floating id={id} anchor={anchor} label={label} role={role} close={close} onKeyDown={onKeyDown}>
          {children(close)}
        </Floating>
      )}
    </span>
  );
}

type FloatingProps = {
  id: string;
  anchor: React.RefObject<HTMLElement | null>;
  label: string;
  role: "menu" | "dialog";
  close: () => void;
  onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
  children: ReactNode;
};

function Floating({ id, anchor, label, role, close, onKeyDown, children }: FloatingProps) {
  const box = useRef<HTMLDivElement>(null);
  useFocusIn(box);
  useOutside(box, close);
  useLayoutEffect(() => {
    if (box.current && anchor.current) place(box.current, anchor.current.getBoundingClientRect());
  }, [anchor]);
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    onKeyDown?.(event);
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      close();
    }
    event.stopPropagation();
  };
  return createPortal(
    <div ref={box} id={id} role={role} aria-label={label} tabIndex={-1} className={css.box} onKeyDown={key}>
      {children}
    </div>,
    document.body,
  );
}

/** Below the anchor, the edges in line that are nearer to the page's; above where there is no room; on the screen. */
function place(box: HTMLElement, anchor: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = anchor.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, anchor.top - height - 4) : below;
  const isLeft = anchor.left + anchor.right < innerWidth;
  const left = Math.min(isLeft ? anchor.left : anchor.right - width, innerWidth - width - 8);
  box.style.top = `${top}px`;
  box.style.left = `${Math.max(8, left)}px`;
}

export type MenuItem = {
  title: string;
  run: () => void;
  keys?: string;
  danger?: boolean;
  /** Of several, the one that holds. */
  checked?: boolean;
};

type MenuProps = { opener: Opener; label: string; items: (MenuItem | "line")[] };

/** A list of actions beside a button; arrows go through it. */
export function Menu({ opener, label, items }: MenuProps) {
  return (
    <Popover opener={opener} label={label} role="menu" onKeyDown={move}>
      {(close) =>
        items.map((item, index) =>
          item === "line" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
            <hr key={index} className={css.line} />
          ) : (
            <button
              key={item.title}
              type="button"
              role={item.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.checked}
              className={cx(css.item, item.danger && css.danger)}
              onClick={() => {
                close();
                item.run();
              }}
            >
              <span className={css.title} title={item.title}>
                {item.title}
              </span>
              {item.checked && <span aria-hidden="true">✓</span>}
              {item.keys && <Keys keys={item.keys} />}
            </button>
          ),
        )
      }
    </Popover>
  );
}

function move(event: KeyboardEvent<HTMLDivElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = focusable(event.currentTarget);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + step + all.length) % all.length]?.focus();
}
