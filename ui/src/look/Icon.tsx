import type { ReactNode } from "react";

const ICONS = {
  close: <path d="M3.5 3.5l7 7M10.5 3.5l-7 7" />,
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="3" cy="7" r="1.2" />
      <circle cx="7" cy="7" r="1.2" />
      <circle cx="11" cy="7" r="1.2" />
    </g>
  ),
  right: <path d="M5 3l4 4-4 4" />,
  down: <path d="M3 5l4 4 4-4" />,
  up: <path d="M3 9l4-4 4 4" />,
  search: <path d="M6 10.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4zM9.2 9.2l3 3" />,
  panel: <path d="M2 2.5h10v9H2zM8.8 2.5v9" />,
  plus: <path d="M7 2.5v9M2.5 7h9" />,
  tasks: <path d="M2 3.5h2M6 3.5h6M2 7h2M6 7h6M2 10.5h2M6 10.5h6" />,
  fleet: <path d="M2 2h4v4H2zM8 2h4v4H8zM2 8h4v4H2zM8 8h4v4H8z" />,
  settings: <path d="M2 4h5M10 4h2M2 10h2M7 10h5M8.5 2.5v3M5.5 8.5v3" />,
  back: <path d="M8.5 3l-4 4 4 4" />,
  external: <path d="M6 3H3v8h8V8M8 3h3v3M11 3L6.5 7.5" />,
  copy: <path d="M5 5h6.5v6.5H5zM9 5V2.5H2.5V9H5" />,
  again: <path d="M11.5 7a4.5 4.5 0 1 1-1.4-3.3M11.5 1.8v2.7H8.8" />,
  awake: (
    <path d="M2.5 5.5h7V9A2.5 2.5 0 0 1 7 11.5H5A2.5 2.5 0 0 1 2.5 9zM9.5 6.5h.8a1.4 1.4 0 0 1 0 2.8h-.8M4.7 1.8v1.6M7.3 1.8v1.6" />
  ),
  check: <path d="M2.5 7.5l3 3 6-6.5" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof ICONS;

/** A drawn sign; always beside a word, or in a button that has a label. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {ICONS[name]}
    </svg>
  );
}
