import type { ReactNode } from "react";
import { en } from "~/words";
import { IconButton } from "./Button";
import css from "./Copyable.module.css";
import { copy } from "./copy";
import { visibleText } from "./Untrusted";

type Props = {
  text: string;
  /** What is shown of it, where the whole is too long. */
  shown?: string;
  block?: boolean;
};

/** A command, a key or a path, to be taken elsewhere: one press copies it, and it selects as a whole. */
export function Copyable({ text, shown, block }: Props) {
  return (
    <span className={block ? css.block : css.inline}>
      <code className={css.text} title={shown && visibleText(text)}>
        {visibleText(shown ?? text)}
      </code>
      <IconButton icon="copy" label={en.look.copy(visibleText(text))} onClick={() => void copy(text)} />
    </span>
  );
}

/** Words of the core, with what stands between backticks as something to copy. */
export function WithCommands({ text }: { text: string }) {
  const parts = text.split("`");
  return (
    <>
      {parts.map((part, index): ReactNode => {
        const key = `${index}:${part}`;
        return index % 2 === 1 && index < parts.length - 1 ? (
          <Copyable key={key} text={part} />
        ) : (
          <bdi key={key}>{visibleText(part)}</bdi>
        );
      })}
    </>
  );
}
