import css from "./Ansi.module.css";
import { type Span, type Style, spansOf } from "./ansi";
import { cx } from "./cx";
import { Untrusted } from "./Untrusted";

/** A line of a terminal in its colours; what else could act in a terminal is seen. */
export function AnsiLine({ line, style, mark }: { line: string; style?: Style; mark?: string }) {
  const { spans } = spansOf(line, style);
  const marked = mark ? marksIn(spans, mark) : spans;
  return marked.map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line do not move.
    <span key={index} className={classOf(span.style, "isMark" in span)}>
      <Untrusted text={span.text} />
    </span>
  ));
}

function classOf({ colour, background, ...flags }: Style, isMark: boolean): string | undefined {
  const names = Object.keys(flags).map((flag) => css[flag]);
  return (
    cx(colour && css[colour], background && css[`on${background}`], ...names, isMark && css.mark) || undefined
  );
}

type Marked = Span & { isMark?: true };

/** The same pieces, those that are looked for on their own; a find may go over several pieces. */
function marksIn(spans: Span[], mark: string): Marked[] {
  const text = spans.map((span) => span.text).join("");
  const [where, what] = [asciiLower(text), asciiLower(mark)];
  const edges: [number, number][] = [];
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + what.length)) {
    edges.push([at, at + what.length]);
  }
  if (edges.length === 0) return spans;
  const out: Marked[] = [];
  let offset = 0;
  for (const { text: part, style } of spans) {
    const end = offset + part.length;
    let at = offset;
    for (const [from, to] of edges) {
      if (to <= offset || from >= end) continue;
      const [begin, stop] = [Math.max(from, offset), Math.min(to, end)];
      if (begin > at) out.push({ text: part.slice(at - offset, begin - offset), style });
      out.push({ text: part.slice(begin - offset, stop - offset), style, isMark: true });
      at = stop;
    }
    if (at < end) out.push({ text: part.slice(at - offset), style });
    offset = end;
  }
  return out;
}

/** Lower case where that keeps the length: what the search in bytes does. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
