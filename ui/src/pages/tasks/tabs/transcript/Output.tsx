import { useState } from "react";
import { IconButton, Untrusted } from "~/look";
import { AnsiLine } from "~/look/Ansi";
import { PLAIN, spansOf } from "~/look/ansi";
import { copy } from "~/look/copy";
import { bytes, count, en, plural } from "~/words";
import { reading } from "~/words/en.reading";
import { type DiffLine, patchOf } from "./diff";
import { useLinesToFind } from "./found";
import css from "./Output.module.css";

/** Lines that are drawn first, and characters of one line. */
const LINES = 80;
const MORE = 2000;
const WIDTH = 4000;

/** What a tool printed: a patch as a diff, else in the colours of a terminal. */
export function Output({ text }: { text: string }) {
  const patch = patchOf(text);
  return patch ? <Diff lines={patch} text={text} /> : <Printed text={text} />;
}

function Printed({ text }: { text: string }) {
  const lines = text.replace(/\n$/, "").split("\n");
  return <Framed text={text} count={lines.length} draw={(shown) => coloured(lines.slice(0, shown))} />;
}

function coloured(lines: readonly string[]) {
  let style = PLAIN;
  return lines.map((line, index) => {
    const from = style;
    ({ style } = spansOf(line, style));
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines do not move.
      <div key={index} className={css.line}>
        <AnsiLine line={cut(line)} style={from} />
      </div>
    );
  });
}

/** Lines that came and went. */
export function Diff({ lines, text }: { lines: readonly DiffLine[]; text?: string }) {
  const plain = text ?? lines.map(({ kind, text: line }) => `${SIGNS[kind]}${line}`).join("\n");
  return (
    <Framed
      text={plain}
      count={lines.length}
      draw={(shown) =>
        lines.slice(0, shown).map(({ kind, text: line }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines do not move.
          <div key={index} className={`${css.line} ${css[kind]}`}>
            <span className={css.sign}>{SIGNS[kind]}</span>
            <Untrusted text={cut(line)} />
          </div>
        ))
      }
    />
  );
}

const SIGNS = { add: "+", del: "−", same: " ", head: "" };

type FramedProps = { text: string; count: number; draw: (shown: number) => React.ReactNode };

function Framed({ text, count: lines, draw }: FramedProps) {
  const [asked, setShown] = useState(LINES);
  const shown = Math.max(asked, useLinesToFind(text));
  return (
    <div className={css.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <div className={css.scroll} tabIndex={0}>
        <pre className={css.lines}>{draw(shown)}</pre>
      </div>
      {lines > shown && (
        <button type="button" className={css.more} onClick={() => setShown(shown + MORE)}>
          {reading.showMore(plural(lines - shown, en.reading.line, en.reading.lines))}
        </button>
      )}
      <IconButton icon="copy" label={reading.copy} className={css.copy} onClick={() => void copy(text)} />
    </div>
  );
}

function cut(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH)}… ${bytes(line.length - WIDTH)}` : line;
}

/** Arguments of a tool as they were given. */
export function Arguments({ input }: { input: unknown }) {
  if (typeof input !== "object" || input === null) return <Output text={String(input ?? "")} />;
  const entries = Object.entries(input);
  return (
    <dl className={css.arguments}>
      {entries.map(([name, value]) => (
        <div key={name} className={css.argument}>
          <dt>
            <Untrusted text={name} />
          </dt>
          <dd>
            <Untrusted text={shown(value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return text.length > WIDTH ? `${text.slice(0, WIDTH)}… (${count(text.length - WIDTH)})` : text;
}
