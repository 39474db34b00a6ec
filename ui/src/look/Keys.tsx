import { cx } from "./cx";
import css from "./Keys.module.css";

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  mod: isApple ? "⌘" : "Ctrl",
  shift: isApple ? "⇧" : "Shift",
  alt: isApple ? "⌥" : "Alt",
  enter: "↵",
  escape: "Esc",
  arrowdown: "↓",
  arrowup: "↑",
  arrowleft: "←",
  arrowright: "→",
  space: "Space",
};

/** Keys as a person knows them: `mod+k` is "Ctrl K". */
export function keyWords(keys: string): string {
  return keys
    .split("+")
    .map((key) => NAMES[key] ?? key.toUpperCase())
    .join(" ");
}

export function Keys({ keys, onColour }: { keys: string; onColour?: boolean }) {
  return (
    <kbd aria-hidden="true" className={cx(css.keys, onColour && css.onColour)}>
      {keyWords(keys)}
    </kbd>
  );
}
