// The served dashboard in Chromium while 24 agents write: what its page uses, and how old a byte is when it is seen.

import { join } from "node:path";
import { STREAMS, LONG, MOST, flowing, watchLines } from "../scripts/flow.mjs";
import { memory, mention, quantile, share, tell } from "../scripts/figures.mjs";
import { Served } from "../scripts/served.mjs";
import { buildRelease } from "../scripts/setup.mjs";
import { launch } from "./browser.mjs";
import { Dashboard } from "./dashboard.mjs";

/** As high as all tiles are. */
const VIEW = { width: 1440, height: 1700 };

// Those of another build may be named.
const programs = process.env.CONDUCTOR_PROGRAMS;
const served = new Served(programs ? join(programs, "run-agent") : buildRelease(), { flowing }, { agent: "flowing", max_running: STREAMS });
await served.start();
const board = new Dashboard(served, await launch());
try {
  const tasks = await Promise.all(Array.from({ length: STREAMS }, (_, turn) => board.make(`Write ${turn}`, { workflow: "once" })));
  for (const task of tasks) await board.is(task, "running");
  console.log(`Chromium, ${STREAMS} agents that write four lines a second each`);
  const page = await board.open("/fleet", VIEW);
  await page.waitForFunction((count) => document.querySelectorAll("main article").length === count, STREAMS);
  const renderers = await processes("renderer");
  tell("all tiles shown: the page", await share(renderers, LONG), "% of a core", MOST.flowing);
  mention("with what draws it", await share([...renderers, ...(await processes("GPU"))], LONG), "% of a core");
  mention("the server", await share([served.child.pid], LONG), "% of a core");
  tell("memory of the page", memory(renderers), "MB", MOST.memory);
  await delays(page, "a tile");
  await board.visit(page, tasks[0].path);
  await delays(page, "a transcript");
  await board.visit(page, `${tasks[0].path}/log`);
  await delays(page, "a raw log");
  board.let("end");
  for (const task of tasks) await board.is(task, "completed");
  await board.visit(page, "/fleet");
  tell("at rest", await share(await processes("renderer"), LONG), "% of a core", MOST.resting);
} finally {
  await board.end();
}

async function processes(kind) {
  const client = await board.browser.newBrowserCDPSession();
  const { processInfo } = await client.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === kind).map(({ id }) => id);
}

async function delays(page, where) {
  await page.waitForTimeout(1000);
  await page.evaluate(watchLines);
  await page.waitForTimeout(LONG * 1000);
  const seen = await page.evaluate(() => window.delays);
  if (seen.length < LONG) throw new Error(`only ${seen.length} lines were seen in ${where}`);
  tell(`from a byte to its pixels in ${where}, p95 of ${seen.length}`, quantile(seen, 0.95), "ms", MOST.delay);
}
