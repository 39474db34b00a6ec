// The dashboard in its window, from the first start to what an agent writes, live. Without a built dashboard there is
// nothing to test here.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { By, until as then } from "selenium-webdriver";
import { until } from "../scripts/served.mjs";
import { Desk } from "./desk.mjs";

const skip = process.env.CONDUCTOR_DASHBOARD ? false : "ui/dist holds no dashboard";
const WRITES = 'i=0; while [ ! -e "$HOME/go" ]; do i=$((i+1)); echo "line $i of work"; sleep 0.2; done; echo "all is done"';
const AGENTS = { writer: { type: "command", command: ["sh", "-c", WRITES] } };

/** Waits for an element with this text, seen by its person. */
async function seen(desk, text, seconds = 20) {
  const found = await desk.window.wait(then.elementLocated(By.xpath(`//*[text()[contains(., "${text}")]]`)), seconds * 1000, text);
  return desk.window.wait(then.elementIsVisible(found), seconds * 1000, text);
}

/** The control with this label. */
async function labelled(desk, label) {
  const found = await seen(desk, label);
  return desk.window.findElement(By.id(await found.getAttribute("for")));
}

/** Draws the window into `$CONDUCTOR_SHOTS`, for who wants to look at it. */
async function shot(desk, name) {
  const folder = process.env.CONDUCTOR_SHOTS;
  if (folder) writeFileSync(join(folder, `${name}.png`), await desk.window.takeScreenshot(), "base64");
}

const words = (desk) => desk.window.executeScript("return document.body.innerText");
const lines = async (desk) => [...(await words(desk)).matchAll(/line (\d+) of work/g)].map(([, line]) => Number(line));

test("the first start welcomes, launches the first task, and shows what its agent writes", { skip, timeout: 120_000 }, async () => {
  const desk = new Desk(AGENTS);
  try {
    await desk.open();
    await desk.browse();
    await seen(desk, "Welcome to Conductor Loop");
    await seen(desk, "writer");
    const folder = await labelled(desk, "Work in");
    await folder.clear();
    await folder.sendKeys(join(desk.folder, "work"));
    await (await labelled(desk, "What should be done")).sendKeys("Sort the shelves.");
    const start = await seen(desk, "Start the first task");
    await desk.window.executeScript("arguments[0].scrollIntoView({ block: 'center' })", start);
    await shot(desk, "first");
    await start.click();

    await until("its page", async () => (await desk.window.getCurrentUrl()).includes("/tasks/work/"));
    await until("its first lines", async () => (await lines(desk)).length > 0);
    const last = Math.max(...(await lines(desk)));
    await until("later lines, by themselves", async () => Math.max(...(await lines(desk))) > last + 5);
    await shot(desk, "stream");
    writeFileSync(join(desk.folder, "go"), "");
    await until("its last words", async () => (await words(desk)).includes("all is done"));
  } catch (error) {
    console.error(await words(desk).catch(String), desk.driver?.errors);
    throw error;
  } finally {
    await desk.end();
  }
});

/** Goes to these pages, in the page itself, and tells which rules were broken meanwhile. */
async function visit(pages, done) {
  const broken = [];
  document.addEventListener("securitypolicyviolation", (event) => broken.push(`${event.effectiveDirective} ${event.blockedURI}`));
  for (const page of pages) {
    history.pushState(null, "", page);
    dispatchEvent(new PopStateEvent("popstate"));
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  done(broken);
}

test("the dashboard breaks none of its window's rules", { skip, timeout: 60_000 }, async () => {
  const desk = new Desk(AGENTS);
  try {
    await desk.open();
    await desk.browse();
    await seen(desk, "Welcome to Conductor Loop");
    // Each page is drawn with the rules watched: nothing is fetched, run or styled from elsewhere.
    const broken = await desk.window.executeAsyncScript(`(${visit})(...arguments)`, ["/fleet", "/settings", "/"]);
    assert.deepEqual(broken, []);
  } finally {
    await desk.end();
  }
});

test("a log is kept as a file, and the page says where", { skip, timeout: 60_000 }, async () => {
  const desk = new Desk(AGENTS);
  try {
    await desk.open();
    const { project, task } = desk.make("Sort the shelves.");
    writeFileSync(join(desk.folder, "go"), "");
    await until("its end", () => desk.status(task) === "completed");
    await desk.browse();
    await desk.window.executeAsyncScript(`(${visit})(...arguments)`, [`/tasks/${project}/${task}/log`]);
    await seen(desk, "all is done");
    await (await seen(desk, "Download")).click();
    // There is no folder for what is downloaded: the person's own takes it.
    const kept = join(desk.folder, "agent-stdout.txt");
    await until("the file", () => existsSync(kept) && readFileSync(kept, "utf8").endsWith("all is done\n"));
    await seen(desk, "Kept as");
    await seen(desk, "agent-stdout.txt");
  } catch (error) {
    console.error(await words(desk).catch(String), desk.driver?.errors);
    throw error;
  } finally {
    await desk.end();
  }
});
