// Draws the end of a terminal session as docs/demo.svg: `node tests/scripts/record-demo.mjs [command…]`.
// The command runs in tmux, so that it sees a real terminal; what is drawn is what the terminal showed.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./setup.mjs";

const COLUMNS = 100;
const HISTORY = 400;
const CELL = { width: 8.43, height: 18, size: 14 };
const MARGIN = 16;
const BAR = 34;
const COLOURS = {
  back: "#16181d", fore: "#d7dae0", dim: "#8b919c",
  30: "#3b4048", 31: "#f2777a", 32: "#7ecb8f", 33: "#e6c46b", 34: "#7aa7f0", 35: "#c79bf0", 36: "#6ac7cf", 37: "#d7dae0",
  90: "#8b919c", 91: "#ff9b9e", 92: "#a3e0b0", 93: "#f2d78b", 94: "#a0c3ff", 95: "#dcbaff", 96: "#93e0e6", 97: "#ffffff",
};

const command = process.argv.slice(2);
const session = `record-${process.pid}`;
const scratch = mkdtempSync(join(tmpdir(), "record-"));

try {
  const text = record(command.length > 0 ? command : [join(root, "target/release/run-agent"), "demo"]);
  writeFileSync(join(root, "docs/demo.svg"), draw(text));
} finally {
  tmux("kill-server");
  rmSync(scratch, { recursive: true, force: true });
}

/** Runs tmux on a server of our own and gives what it prints. */
function tmux(...args) {
  return spawnSync("tmux", ["-L", session, ...args], { encoding: "utf8" }).stdout ?? "";
}

/** The lines that the command left on a terminal, with their escape sequences. */
function record(words) {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const line = `${quoted}; tmux -L ${session} wait-for -S done; sleep 60`;
  const env = ["-e", "COLORTERM=truecolor", "-e", `TMPDIR=${scratch}`];
  tmux("-f", "/dev/null", "new-session", "-d", "-x", String(COLUMNS), "-y", "48", ...env, "sh", "-c", line);
  tmux("set-option", "-g", "history-limit", String(HISTORY));
  tmux("wait-for", "done");
  const shown = tmux("capture-pane", "-p", "-e", "-S", `-${HISTORY}`);
  return shown.replaceAll(scratch, "/tmp").replace(/\s+$/, "").split("\n");
}

/** Splits a line into runs of one style. */
function runs(line) {
  const out = [];
  let style = {};
  for (const part of line.split(/(\x1b\[[0-9;]*m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))/)) {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part);
    if (codes) style = restyle(style, codes[1].split(";").map(Number));
    else if (part && !part.startsWith("\x1b")) out.push({ text: part, style });
  }
  return out;
}

function restyle(style, codes) {
  let next = { ...style };
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i];
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 22) { next.bold = false; next.dim = false; }
    else if (code === 39) next.colour = undefined;
    else if (code === 38 && codes[i + 1] === 5) { next.colour = palette(codes[i + 2]); i += 2; }
    else if (code === 38 && codes[i + 1] === 2) { next.colour = `rgb(${codes.slice(i + 2, i + 5).join(",")})`; i += 4; }
    else if (COLOURS[code]) next.colour = COLOURS[code];
  }
  return next;
}

function palette(index) {
  if (index < 8) return COLOURS[30 + index];
  if (index < 16) return COLOURS[82 + index];
  if (index > 231) { const level = 8 + (index - 232) * 10; return `rgb(${level},${level},${level})`; }
  const level = (n) => (n === 0 ? 0 : 55 + n * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Cells that a text takes; wide characters take two. */
function cells(text) {
  let count = 0;
  for (const char of text) count += /\p{Extended_Pictographic}/u.test(char) && char.codePointAt(0) > 0x1f000 ? 2 : 1;
  return count;
}

function draw(lines) {
  const width = Math.round(COLUMNS * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + BAR + MARGIN;
  const rows = lines.map((line, row) => drawLine(line, BAR + (row + 1) * CELL.height - 5)).filter(Boolean);
  const dots = ["#f2777a", "#e6c46b", "#7ecb8f"].map((fill, i) => `<circle cx="${MARGIN + 6 + i * 18}" cy="17" r="5.5" fill="${fill}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace" font-size="${CELL.size}">
<title>The demo of Conductor Loop in a terminal</title>
<rect width="100%" height="100%" rx="10" fill="${COLOURS.back}"/>
${dots.join("")}
${rows.join("\n")}
</svg>
`;
}

function drawLine(line, y) {
  let column = 0;
  const spans = [];
  for (const { text, style } of runs(line)) {
    const x = (MARGIN + column * CELL.width).toFixed(1);
    const length = (cells(text) * CELL.width).toFixed(1);
    column += cells(text);
    if (!text.trim()) continue;
    const fill = style.colour ?? (style.dim ? COLOURS.dim : COLOURS.fore);
    const weight = style.bold ? ' font-weight="700"' : "";
    const slant = style.italic ? ' font-style="italic"' : "";
    const faint = style.dim && style.colour ? ' opacity="0.7"' : "";
    spans.push(`<tspan x="${x}" textLength="${length}" fill="${fill}"${weight}${slant}${faint}>${escape(text)}</tspan>`);
  }
  return spans.length > 0 ? `<text y="${y}" xml:space="preserve">${spans.join("")}</text>` : "";
}
