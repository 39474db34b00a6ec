import { useRef, useState } from "react";
import { Button } from "~/look";
import { make } from "~/words/en.make";
import css from "./CommandLine.module.css";

/** The command that does the same. Copied as a whole, also where it does not fit. */
export function CommandLine({ text }: { text: string }) {
  const code = useRef<HTMLElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Without the permission, or over plain HTTP, a person copies what is selected.
      if (code.current) getSelection()?.selectAllChildren(code.current);
    }
  };
  return (
    <div className={css.line}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its place scrolls by keys. */}
      <code ref={code} className={css.code} role="group" aria-label={make.command} tabIndex={0}>
        {text}
      </code>
      <Button small kind="quiet" onClick={() => void copy()}>
        {isCopied ? make.copied : make.copy}
      </Button>
    </div>
  );
}
