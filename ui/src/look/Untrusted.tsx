import { type ReactNode, useState } from "react";
import { useHost } from "~/state/app";
import { en } from "~/words";
import { Confirm } from "./Dialog";
import { toastProblem } from "./toast";
import css from "./Untrusted.module.css";

const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const LINK = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f]*[^\s<>"'`.,;:!?)\]}\u0000-\u001f]/g;

/**
 * Text of agents, programs and people: shown as text, whatever stands in it. Characters that act or hide are
 * drawn by their names; a direction does not reach out of it. With `links`, addresses can be opened after a look.
 */
export function Untrusted({ text, links }: { text: string; links?: boolean }) {
  return <bdi className={css.text}>{links ? withLinks(text) : visible(text)}</bdi>;
}

function withLinks(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(
      ...visible(text.slice(from, found.index), from),
      <InertLink key={`l${found.index}`} url={found[0]} />,
    );
    from = found.index + found[0].length;
  }
  return [...parts, ...visible(text.slice(from), from)];
}

/** The text with each hidden character drawn. */
function visible(text: string, offset = 0): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(
      <span key={offset + found.index} className={css.hidden}>
        {nameOf(found[0])}
      </span>,
    );
    from = found.index + 1;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** `^[` for ESC and the like, in letters that every font has; the number of others. */
export function nameOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The same as plain text, for titles and names of controls. */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, nameOf);
}

/** An address that does nothing until a person has seen where it leads. */
export function InertLink({ url }: { url: string }) {
  const [isAsked, setAsked] = useState(false);
  const { openLink } = useHost().capabilities;
  if (!openLink) return <>{visibleText(url)}</>;
  const open = () => {
    setAsked(false);
    openLink(url).catch(toastProblem);
  };
  return (
    <>
      <button type="button" className={css.link} onClick={() => setAsked(true)}>
        {visibleText(url)}
      </button>
      {isAsked && (
        <Confirm
          title={en.confirm.linkTitle}
          text={
            <>
              <p>{en.confirm.linkText}</p>
              <p className={css.address}>{visibleText(url)}</p>
            </>
          }
          confirm={en.confirm.link}
          onConfirm={open}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
