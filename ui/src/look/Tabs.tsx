import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Link, navigate, type Route } from "~/route";
import { cx } from "./cx";
import css from "./Tabs.module.css";

export type Tab = { id: string; title: string; to: Route; note?: ReactNode };

/** Tabs that are addresses. Arrows go through them; what they show is labelled by `tab-<id>`. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  const here = useRef<HTMLAnchorElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab is another one when `current` is.
  useEffect(() => {
    here.current?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [current]);
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = step && tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    navigate(next.to, { replace: true });
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={label} className={css.tabs} onKeyDown={key}>
      {tabs.map(({ id, title, to, note }) => (
        <Link
          key={id}
          id={`tab-${id}`}
          ref={id === current ? here : undefined}
          role="tab"
          aria-selected={id === current}
          tabIndex={id === current ? 0 : -1}
          to={to}
          className={cx(css.tab, id === current && css.current)}
        >
          {title}
          {note !== undefined && <span className={css.note}>{note}</span>}
        </Link>
      ))}
    </div>
  );
}
