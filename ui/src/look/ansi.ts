/** How a piece of text of a terminal is drawn: the names are classes of Ansi.module.css. */
export type Style = {
  colour?: string;
  background?: string;
  bold?: true;
  dim?: true;
  italic?: true;
  underline?: true;
  strike?: true;
  inverse?: true;
};

export type Span = { text: string; style: Style };

export const PLAIN: Style = Object.freeze({});

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const SGR = /\u001b\[([\d;:]*)m/g;

/**
 * A line of a terminal in pieces of one style, and the style that the next line begins with. Only colours and
 * weights (SGR) are understood; every other control character stays in the text, to be made visible.
 */
export function spansOf(line: string, from: Style = PLAIN): { spans: Span[]; style: Style } {
  if (!line.includes("\u001b["))
    return { spans: line === "" ? [] : [{ text: line, style: from }], style: from };
  const spans: Span[] = [];
  let style = from;
  let at = 0;
  for (const found of line.matchAll(SGR)) {
    if (found.index > at) spans.push({ text: line.slice(at, found.index), style });
    style = changed(style, found[1] ?? "");
    at = found.index + found[0].length;
  }
  if (at < line.length) spans.push({ text: line.slice(at), style });
  return { spans, style };
}

/** A line without what only gives colour. */
export function withoutColour(line: string): string {
  return line.replace(SGR, "");
}

function changed(style: Style, codes: string): Style {
  const list = codes === "" ? [0] : codes.split(/[;:]/).map(Number);
  let next = style;
  for (let at = 0; at < list.length; at += 1) {
    const code = list[at] ?? 0;
    if (code === 38 || code === 48) {
      const [name, used] = wideColour(list.slice(at + 1));
      next = { ...next, [code === 38 ? "colour" : "background"]: name };
      at += used;
    } else next = one(next, code);
  }
  return next;
}

const ON: Record<number, Style> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
};

const OFF: Record<number, (keyof Style)[]> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  29: ["strike"],
  39: ["colour"],
  49: ["background"],
};

function one(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (ON[code]) return { ...style, ...ON[code] };
  const off = OFF[code];
  if (off) return Object.fromEntries(Object.entries(style).filter(([key]) => !off.includes(key as never)));
  if (code >= 30 && code <= 37) return { ...style, colour: NAMES[code - 30] };
  if (code >= 90 && code <= 97) return { ...style, colour: bright(code - 90) };
  if (code >= 40 && code <= 47) return { ...style, background: NAMES[code - 40] };
  if (code >= 100 && code <= 107) return { ...style, background: NAMES[code - 100] };
  return style;
}

const bright = (index: number) => (index === 0 ? "grey" : NAMES[index]);

/** A colour of 256 or of three bytes as the nearest that can be read on both themes, and the codes it took. */
function wideColour([mode, a = 0, b = 0, c = 0]: number[]): [string | undefined, number] {
  if (mode === 2) return [nearest(a, b, c), 4];
  if (mode !== 5) return [undefined, 1];
  if (a < 8) return [NAMES[a], 2];
  if (a < 16) return [bright(a - 8), 2];
  if (a >= 232) return [nearest(8 + (a - 232) * 10, 8 + (a - 232) * 10, 8 + (a - 232) * 10), 2];
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const index = a - 16;
  return [nearest(level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6)), 2];
}

function nearest(r: number, g: number, b: number): string | undefined {
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  if (most - least < 40) return most < 100 ? "black" : most < 190 ? "grey" : "white";
  const middle = (most + least) / 2;
  const bits = (r > middle ? 1 : 0) + (g > middle ? 2 : 0) + (b > middle ? 4 : 0);
  return NAMES[bits];
}
