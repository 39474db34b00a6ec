import { en } from "~/words";
import css from "./Brand.module.css";

export function Brand() {
  return (
    <div className={css.brand}>
      <svg width="18" height="18" viewBox="0 0 18 18" fill="none" aria-hidden="true">
        <g stroke="var(--accent)" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
          <path d="M14.5 9a5.5 5.5 0 1 1-1.7-4" />
          <path d="M13.4 1.8v3.6H9.8" />
        </g>
        <circle cx="9" cy="9" r="1.6" fill="var(--text)" />
      </svg>
      <span className={css.name}>{en.product}</span>
    </div>
  );
}
