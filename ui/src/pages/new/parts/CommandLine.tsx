import { Button } from "~/look";
import { copy } from "~/look/copy";
import { make } from "~/words/en.make";
import css from "./CommandLine.module.css";

/** The command that does the same. Copied as a whole, also where it does not fit. */
export function CommandLine({ text }: { text: string }) {
  return (
    <div className={css.line}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its place scrolls by keys. */}
      <code className={css.code} role="group" aria-label={make.command} tabIndex={0}>
        {text}
      </code>
      <Button small kind="quiet" onClick={() => void copy(text)}>
        {make.copy}
      </Button>
    </div>
  );
}
