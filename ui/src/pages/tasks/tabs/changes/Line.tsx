import { memo } from "react";
import { cx, IconButton, Untrusted } from "~/look";
import { bytes } from "~/words";
import { changes } from "~/words/en.changes";
import css from "./Changes.module.css";
import type { PatchLine } from "./patch";

/** Characters of a line that are drawn. */
const WIDTH = 4000;
const SIGNS = { add: "+", del: "−", same: " " };
const SPOKEN = { add: changes.lineAdded, del: changes.lineRemoved, same: "" };

type Props = { line: PatchLine; open?: (line: number) => void };

/** A line of a diff, with its numbers before and after. */
export const Line = memo(function Line({ line, open }: Props) {
  switch (line.kind) {
    case "hunk":
      return (
        <div className={cx(css.line, css.hunk)}>
          <span className={css.range}>{line.range}</span>
          <span className={css.text}>
            <Untrusted text={shown(line.text)} />
          </span>
          {open && (
            <IconButton
              icon="external"
              label={changes.openAt(line.at)}
              className={css.at}
              onClick={() => open(line.at)}
            />
          )}
        </div>
      );
    case "head":
      return (
        <div className={cx(css.line, css.about)}>
          <span className={css.text}>
            <Untrusted text={shown(line.text)} />
          </span>
        </div>
      );
    case "end":
      return <div className={cx(css.line, css.about)}>{changes.noNewline}</div>;
    default:
      return (
        <div className={cx(css.line, css[line.kind])}>
          <span className={css.number}>{"old" in line && line.old}</span>
          <span className={css.number}>{"now" in line && line.now}</span>
          <span className={css.sign} aria-hidden="true">
            {SIGNS[line.kind]}
          </span>
          <span className={css.text}>
            <span className="hidden-text">{SPOKEN[line.kind]}</span>
            <Untrusted text={shown(line.text)} />
          </span>
        </div>
      );
  }
});

function shown(text: string): string {
  return text.length > WIDTH ? text.slice(0, WIDTH) + changes.cutLine(bytes(text.length - WIDTH)) : text;
}
