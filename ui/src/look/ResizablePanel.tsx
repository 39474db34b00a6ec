import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import { en } from "~/words";
import { cx } from "./cx";
import css from "./ResizablePanel.module.css";

type Props = {
  /** The edge that can be dragged. */
  edge: "left" | "right";
  width: number;
  least?: number;
  most?: number;
  onWidth: (width: number) => void;
  children: ReactNode;
  className?: string;
};

/** A panel whose width a person sets, by dragging its edge or with the arrows on it. */
export function ResizablePanel({
  edge,
  width,
  least = 220,
  most = 520,
  onWidth,
  children,
  className,
}: Props) {
  const panel = useRef<HTMLDivElement>(null);
  const set = (next: number) => onWidth(Math.round(Math.min(most, Math.max(least, next))));
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !panel.current) return;
    const box = panel.current.getBoundingClientRect();
    set(edge === "right" ? event.clientX - box.left : box.right - event.clientX);
  };
  const key = (event: KeyboardEvent) => {
    const wider = edge === "right" ? "ArrowRight" : "ArrowLeft";
    const narrower = edge === "right" ? "ArrowLeft" : "ArrowRight";
    if (event.key === wider) set(width + 16);
    else if (event.key === narrower) set(width - 16);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={panel} className={cx(css.panel, className)} style={{ width }}>
      {children}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={en.look.resize}
        aria-valuenow={width}
        aria-valuemin={least}
        aria-valuemax={most}
        tabIndex={0}
        className={cx(css.edge, css[edge])}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={key}
      />
    </div>
  );
}
