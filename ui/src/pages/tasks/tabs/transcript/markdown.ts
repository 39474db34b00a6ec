/** The little of Markdown that agents write to people, as data: nothing of it becomes HTML. */
export type Block =
  | { kind: "text"; parts: Inline[] }
  | { kind: "title"; parts: Inline[] }
  | { kind: "quote"; parts: Inline[] }
  | { kind: "list"; isNumbered: boolean; first: number; items: { depth: number; parts: Inline[] }[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "rule" };

export type Inline =
  | { kind: "plain" | "code" | "strong" | "em"; text: string }
  | { kind: "link"; text: string; url: string };

const FENCE = /^ {0,3}(```+|~~~+)\s*([^\s`]*)/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const TITLE = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/;
const TABLE = /^\s*\|.*\|\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line);
    const title = TITLE.exec(line)?.[1];
    if (line.trim() === "") at += 1;
    else if (fence) at = code(blocks, lines, at, fence);
    else if (title !== undefined) {
      blocks.push({ kind: "title", parts: inlines(title) });
      at += 1;
    } else if (RULE.test(line)) {
      blocks.push({ kind: "rule" });
      at += 1;
    } else if (TABLE.test(line)) at = run(lines, at, (each) => TABLE.test(each), table(blocks));
    else if (ITEM.test(line)) at = list(blocks, lines, at);
    else if (/^ {0,3}>/.test(line)) at = run(lines, at, (each) => /^ {0,3}>/.test(each), quote(blocks));
    else at = run(lines, at, isText, paragraph(blocks));
  }
  return blocks;
}

function isText(line: string, index: number): boolean {
  if (index === 0) return true;
  return !(line.trim() === "" || FENCE.test(line) || TITLE.test(line) || ITEM.test(line) || TABLE.test(line));
}

/** Takes the lines from one place on that belong together; says where the next one is. */
function run(
  lines: string[],
  from: number,
  belongs: (line: string, index: number) => boolean,
  take: (lines: string[]) => void,
): number {
  let to = from + 1;
  while (to < lines.length && belongs(lines[to] ?? "", to - from)) to += 1;
  take(lines.slice(from, to));
  return to;
}

const paragraph = (blocks: Block[]) => (lines: string[]) =>
  void blocks.push({ kind: "text", parts: inlines(lines.join("\n")) });

const quote = (blocks: Block[]) => (lines: string[]) =>
  void blocks.push({
    kind: "quote",
    parts: inlines(lines.map((line) => line.replace(/^\s*> ?/, "")).join("\n")),
  });

const table = (blocks: Block[]) => (lines: string[]) =>
  void blocks.push({ kind: "code", language: "", text: lines.join("\n") });

function code(blocks: Block[], lines: string[], from: number, fence: RegExpExecArray): number {
  const [, mark = "```", language = ""] = fence;
  let to = from + 1;
  while (to < lines.length && !(lines[to] ?? "").trim().startsWith(mark)) to += 1;
  blocks.push({ kind: "code", language, text: lines.slice(from + 1, to).join("\n") });
  return to + 1;
}

function list(blocks: Block[], lines: string[], from: number): number {
  const items: { indent: number; text: string }[] = [];
  const [, , number] = ITEM.exec(lines[from] ?? "") ?? [];
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const [whole, indent = "", , text = ""] = ITEM.exec(line) ?? [];
    const last = items.at(-1);
    if (whole !== undefined) items.push({ indent: indent.length, text });
    else if (last && /^\s{2,}\S/.test(line) && !FENCE.test(line)) last.text += `\n${line.trim()}`;
    else break;
  }
  const indents = [...new Set(items.map((item) => item.indent))].sort((a, b) => a - b);
  const shown = items.map(({ indent, text }) => ({ depth: indents.indexOf(indent), parts: inlines(text) }));
  blocks.push({ kind: "list", isNumbered: number !== undefined, first: Number(number ?? 1), items: shown });
  return at;
}

const INLINE =
  /`([^`\n]+)`|\*\*([^*\n]+)\*\*|(?<![\w*])\*([^*\s][^*\n]*)\*(?![\w*])|(?<!\w)_([^_\n]+)_(?!\w)|!?\[([^\]\n]*)\]\((https?:\/\/[^\s)]+)\)/g;

export function inlines(text: string): Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > from) parts.push({ kind: "plain", text: text.slice(from, found.index) });
    const [whole, code, strong, star, line, label, url] = found;
    if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (strong !== undefined) parts.push({ kind: "strong", text: strong });
    else if (url !== undefined) parts.push({ kind: "link", text: label ?? "", url });
    else parts.push({ kind: "em", text: star ?? line ?? "" });
    from = found.index + whole.length;
  }
  if (from < text.length) parts.push({ kind: "plain", text: text.slice(from) });
  return parts;
}
