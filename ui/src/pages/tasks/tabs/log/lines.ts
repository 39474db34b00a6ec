import { PLAIN, type Style, spansOf } from "~/look/ansi";

/** A line, or a piece of one that is longer than a piece may be. */
export type Line = {
  /** Where it begins, in bytes of the file: it names the line. */
  offset: number;
  /** Its bytes, the end of the line included. */
  bytes: number;
  text: string;
  /** Whether it goes on with the line before. */
  isContinued: boolean;
  /** Whether its end was told. */
  isEnded: boolean;
  /** The colours that it begins with. */
  style: Style;
};

/** Bytes of a line that are shown in one row. */
export const WIDEST = 8 * 1024;
const NEWLINE = 10;
const decoder = new TextDecoder();

/** Bytes of a file, from a place on, as lines. `after`: the line before them. */
export function linesOf(bytes: Uint8Array, from: number, after?: Line): Line[] {
  const lines: Line[] = [];
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    const to = cut(bytes, at, newline < 0 ? bytes.length : newline);
    const isEnded = to === newline;
    const end = isEnded ? newline + 1 : to;
    const text = decoder.decode(bytes.subarray(at, to));
    const before = lines.at(-1) ?? after;
    lines.push(lineOf(from + at, end - at, text, isEnded, before));
    at = end;
  }
  return lines;
}

export function lineOf(offset: number, bytes: number, text: string, isEnded: boolean, before?: Line): Line {
  return {
    offset,
    bytes,
    text: isEnded && text.endsWith("\r") ? text.slice(0, -1) : text,
    isContinued: before !== undefined && !before.isEnded,
    isEnded,
    style: before ? spansOf(before.text, before.style).style : PLAIN,
  };
}

/** Where a piece ends that begins at a place: not within a character. */
function cut(bytes: Uint8Array, at: number, end: number): number {
  let to = Math.min(end, at + WIDEST);
  if (to === end) return to;
  while (to > at + 1 && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1;
  return to;
}
