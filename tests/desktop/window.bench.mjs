// The app in its window: how soon it is painted, what it uses while nothing happens, and while 24 agents write.

import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { STREAMS, LONG, MOST, flowing, watchLines } from "../scripts/flow.mjs";
import { family, memory, mention, nameOf, quantile, share, tell } from "../scripts/figures.mjs";
import { until } from "../scripts/served.mjs";
import { Desk, app } from "./desk.mjs";

const STARTS = 7;
/** Most milliseconds from the start to a painted window. */
const PAINTED = 1000;
/** A window without a page has less colours than this: letters have shades. */
const COLOURS = 24;
/** Milliseconds between two looks, and until a start counts as failed. */
const LOOK = 10;
const LIMIT = 30_000;

const desk = new Desk({ flowing }, { defaults: { max_running: STREAMS } });
try {
  await desk.open();
  await painted();
  await resting();
  await flows();
} finally {
  await desk.end();
}

/** Starts it again and again; the first start of all has files to read that later ones find in memory. */
async function painted() {
  console.log("the window, from the start of its program");
  const times = [];
  for (let turn = 0; turn < STARTS; turn += 1) {
    const begun = performance.now();
    const { pid } = desk.start();
    while (coloursOfScreen() < COLOURS) {
      if (performance.now() - begun > LIMIT) throw new Error(`nothing was painted within ${LIMIT} ms`);
      await pause(LOOK);
    }
    times.push(performance.now() - begun);
    if (turn === STARTS - 1) break;
    // What comes of it ends with it.
    const all = family(pid);
    await desk.direct.end("SIGKILL");
    await until("its end", () => all.every(isGone));
    await until("an empty screen", () => coloursOfScreen() < COLOURS);
  }
  mention("painted, the first time", times[0], "ms");
  tell(`painted, median of ${STARTS - 1} more`, quantile(times.slice(1), 0.5), "ms", PAINTED);
}

async function resting() {
  await pause(5000);
  console.log("the app, while nothing happens");
  const all = family(desk.direct.pid);
  for (const pid of all) mention(`memory of ${nameOf(pid)}`, memory([pid]), "MB");
  tell("with its window", await share(all, LONG), "% of a core", MOST.resting);
  desk.closeWindow();
  await until("no window", () => desk.shown().length === 0);
  await pause(2000);
  tell("in the tray", await share(family(desk.direct.pid), LONG), "% of a core", MOST.resting);
  await desk.direct.end("SIGKILL");
}

async function flows() {
  const tasks = Array.from({ length: STREAMS }, (_, turn) => desk.make(`Write ${turn}`));
  console.log(`the window, ${STREAMS} agents that write four lines a second each`);
  await desk.browse();
  await desk.window.manage().window().setRect({ x: 0, y: 0, width: 1440, height: 1700 });
  await visit("/fleet");
  const tiles = () => desk.window.executeScript("return document.querySelectorAll('main article').length");
  await until("all tiles", async () => (await tiles()) === STREAMS);
  await pause(3000);
  const all = family(desk.processes(app)[0]);
  const page = all.filter((pid) => nameOf(pid).startsWith("WebKitWebProces"));
  tell("all tiles shown: the page", await share(page, LONG), "% of a core", MOST.flowing);
  mention("the whole app", await share(all, LONG), "% of a core");
  tell("memory of the page", memory(page), "MB", MOST.memory);
  mention("of the whole app", memory(all), "MB");
  await delays("a tile");
  const path = `/tasks/${tasks[0].project}/${tasks[0].task}`;
  await visit(path);
  await delays("a transcript");
  await visit(`${path}/log`);
  await delays("a raw log");
}

async function visit(path) {
  await desk.window.executeScript("history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'))", path);
  await pause(1000);
}

async function delays(where) {
  await desk.window.executeScript(`(${watchLines})()`);
  await pause(LONG * 1000);
  const seen = await desk.window.executeScript("return window.delays");
  if (seen.length < LONG) throw new Error(`only ${seen.length} lines were seen in ${where}`);
  tell(`from a byte to its pixels in ${where}, p95 of ${seen.length}`, quantile(seen, 0.95), "ms", MOST.delay);
}

/** How many colours the screen has, in every eighth row of it: Xvfb keeps its picture in a file, in the format of xwd. */
function coloursOfScreen() {
  const file = openSync(join(process.env.CONDUCTOR_SCREEN, "Xvfb_screen0"), "r");
  try {
    const header = Buffer.alloc(100);
    readSync(file, header, 0, header.length, 0);
    const at = (word) => header.readUInt32BE(4 * word);
    const [size, height, rowBytes, colours] = [at(0), at(5), at(12), at(19)];
    const row = Buffer.alloc(rowBytes);
    const found = new Set();
    for (let y = 0; y < height; y += 8) {
      readSync(file, row, 0, rowBytes, size + 12 * colours + y * rowBytes);
      for (let x = 0; x < rowBytes; x += 4) found.add(row.readUInt32LE(x));
    }
    return found.size;
  } finally {
    closeSync(file);
  }
}

function isGone(pid) {
  try {
    return nameOf(pid) === "";
  } catch {
    return true;
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
