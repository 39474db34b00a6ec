// Figures of the page, in Chromium over the fake core: 100,000 rows of a transcript, a raw log of 1 GB, rest. Work of a
// frame is the processor time of all that the page does for it, so that a busy machine does not matter. Fails where a
// figure of the design is missed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { miss, quantile, tell } from "../../tests/scripts/figures.mjs";
import { MOST } from "../../tests/scripts/flow.mjs";

const TASK = "/tasks/webshop/task-20261120-035000-long-haul";
const LOGIN = "/tasks/webshop/task-20261120-134118-fix-login-redirect";
const ARGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --enable-precise-memory-info --js-flags=--expose-gc";
const FRAME = 1000 / 60;
const APPEND = 8;

process.env.VITE_FAKE = "1";
const outDir = await mkdtemp(join(tmpdir(), "conductor-bench-"));
await build({ logLevel: "error", build: { outDir } });
const server = await preview({ logLevel: "error", build: { outDir }, preview: { port: 0 } });
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", ...ARGS.split(" ")],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.on("pageerror", (error) => console.error(error.message));
const client = await page.context().newCDPSession(page);
try {
  await transcript();
  await log();
  await idle();
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true });
}

async function transcript() {
  await open(TASK);
  console.log("transcript, 100,000 rows");
  await page.evaluate(loadAll);
  const rows = await page.evaluate(() => Math.round(document.querySelector("[role=log]").scrollHeight / 34));
  console.log(`  about ${rows} rows are loaded`);
  tell("a frame while scrolling, p95", await scrolled(), "ms", FRAME);
  tell("a frame after a jump anywhere, p95", await jumped(), "ms", 2 * FRAME);
  await toEnd();
  tell("append at the end, p95", await appended("events.jsonl"), "ms", APPEND);
  await page.evaluate(() => document.querySelector("[role=log]").scrollBy(0, -4000));
  await page.waitForTimeout(500);
  const before = await firstRow();
  tell("append while the middle is read, p95", await appended("events.jsonl"), "ms", APPEND);
  if (before !== (await firstRow())) miss("what is read has moved");
  await left("a turn of the wheel", () => page.mouse.wheel(0, -20));
  await left("the previous run", () => page.keyboard.press("["));
  tell("memory of the page", await memory(), "MB", MOST.memory);
}

async function log() {
  await open(`${TASK}/log`);
  console.log("raw log, 1 GB");
  tell("a frame while scrolling, p95", await scrolled(), "ms", FRAME);
  await toEnd();
  tell("append at the end, p95", await appended("agent-stdout.txt"), "ms", APPEND);
  await page.evaluate(wander);
  tell("memory after 60 places of it were read", await memory(), "MB", MOST.memory);
}

/** Agents are at work, and nothing is told. */
async function idle() {
  await open(LOGIN);
  console.log("a task, while its agent says nothing");
  await page.waitForTimeout(2000);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const worked = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value;
  };
  const before = await worked();
  await page.waitForTimeout(5000);
  tell("the page's thread", ((await worked()) - before) * 20, "% of a core", MOST.resting);
}

async function open(path) {
  await page.goto(`http://localhost:${port}${path}?fake=long`);
  await page.waitForSelector("[role=log] > * > * > *");
}

async function toEnd() {
  await page.keyboard.press("e");
  await page.waitForTimeout(500);
}

/**
 * Does something as often as wanted, and takes the heaviest frames, one for each time: the work of the page's thread
 * in all but one of twenty of them is at most so many milliseconds.
 */
async function each(times, act) {
  await browser.startTracing(page, { categories: ["cc", "__metadata"] });
  for (let turn = 0; turn < times; turn += 1) await act(turn);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const frames = traceEvents.filter(({ name, tdur }) => name === "ProxyMain::BeginMainFrame" && tdur);
  const work = frames.map(({ tdur }) => tdur / 1000).sort((a, b) => b - a);
  return quantile(work.slice(0, times), 0.95);
}

async function scrolled() {
  const box = await page.locator("[role=log]").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  return each(120, async (turn) => {
    await page.mouse.wheel(0, turn % 40 < 30 ? -240 : 120);
    await page.evaluate(frame);
  });
}

function jumped() {
  return each(40, (turn) =>
    page.evaluate(
      (part) => {
        const list = document.querySelector("[role=log]");
        list.scrollTop = part * list.scrollHeight;
        return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      },
      ((turn * 37) % 100) / 100,
    ),
  );
}

/** The end is left while it is followed and a row comes with each frame, and what is read then stays. */
async function left(how, act) {
  await toEnd();
  await page.evaluate(flow, true);
  await page.waitForTimeout(300);
  await act();
  await page.waitForTimeout(500);
  const before = await firstRow();
  await page.waitForTimeout(500);
  if (before !== (await firstRow())) miss(`the end is not left by ${how} while text flows`);
  await page.evaluate(flow, false);
}

async function appended(name) {
  return each(200, (turn) => page.evaluate(append, { name, turn }));
}

function firstRow() {
  return page.evaluate(() => {
    const list = document.querySelector("[role=log]");
    const { top } = list.getBoundingClientRect();
    const rows = [...list.firstChild.firstChild.children];
    const row = rows.find((each) => each.getBoundingClientRect().bottom > top);
    return `${Math.round(row.getBoundingClientRect().top)} ${row.textContent}`;
  });
}

async function memory() {
  await client.send("HeapProfiler.collectGarbage");
  const used = await page.evaluate(() => performance.memory.usedJSHeapSize);
  return used / 1e6;
}

// What follows runs in the page.

/** Goes from the start to the end; what is not loaded yet is waited for where it is met. */
async function loadAll() {
  const list = document.querySelector("[role=log]");
  list.scrollTop = 0;
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let isOver = false; !isOver; ) {
    const gap = list.querySelector("[role=status]");
    isOver = !gap && list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
    if (gap) gap.scrollIntoView({ block: "end" });
    else list.scrollTop += 1700;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, gap ? 20 : 0)));
  }
}

function frame() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Lets an agent tell one more line, and waits until it is drawn. */
function append({ name, turn }) {
  const { world } = window.conductorFake;
  const file = [...world.files.keys()].findLast((key) => key.includes("long-haul") && key.endsWith(name));
  const call = { event: "tool_call", id: `b${turn}`, name: "Bash", input: { command: `make ${turn}` } };
  const line =
    name === "events.jsonl"
      ? JSON.stringify({ offset: 0, end: 0, ...call })
      : `\u001b[32minfo\u001b[0m appended ${turn}`;
  world.append(file, `${line}\n`);
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Lets an agent tell a line with each frame, until it is told to rest. */
function flow(goesOn) {
  window.flows = goesOn;
  const { world } = window.conductorFake;
  const file = [...world.files.keys()].findLast(
    (key) => key.includes("long-haul") && key.endsWith("events.jsonl"),
  );
  const tell = (turn) => {
    const call = { event: "tool_call", id: `f${turn}`, name: "Bash", input: { command: `make f${turn}` } };
    world.append(file, `${JSON.stringify({ offset: 0, end: 0, ...call })}\n`);
    if (window.flows) requestAnimationFrame(() => tell(turn + 1));
  };
  if (goesOn) tell(0);
}

async function wander() {
  const rail = document.querySelector("[role=slider]");
  for (let turn = 0; turn < 60; turn += 1) {
    const key = turn % 7 === 0 ? "Home" : turn % 2 ? "PageDown" : "ArrowDown";
    rail.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
