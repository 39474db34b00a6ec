// Tray and notifications, as a panel and a notification service see them, with the window hidden or not there; and
// desktops that have neither.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../scripts/served.mjs";
import { Desk, app } from "./desk.mjs";

const ASKS = `
  [ -e "$JRUN_TASK_FOLDER/asked" ] && exit 0
  touch "$JRUN_TASK_FOLDER/asked"
  "$JRUN_CLI" ask "Rename it & go <on>?" --choice yes --choice no`;
const AGENTS = {
  waits: { type: "command", command: ["sh", "-c", 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done; echo done'] },
  asks: { type: "command", command: ["sh", "-c", ASKS] },
  fails: { type: "command", command: ["sh", "-c", "echo broken >&2; exit 3"] },
};

async function on(desk, work) {
  try {
    await desk.open();
    await work(desk);
  } catch (error) {
    console.error(desk.direct?.errors, desk.panel?.lines);
    throw error;
  } finally {
    await desk.end();
  }
}

const announced = (desk) => join(desk.folder, ".local/state/conductor-loop/announced.json");
const labels = async (desk) => (await desk.menu()).map(({ label }) => label);
/** What the icon shows: its file has another name each time, and the one before is gone. */
const icon = (desk) => until("an icon", async () => {
  const { name } = await desk.asked("icon", "icon");
  return existsSync(name) && readFileSync(name).toString("base64");
});

/** Starts the app without its window, and waits for its icon. */
async function hidden(desk) {
  desk.start("--hidden");
  await desk.told("item");
}

test("the tray follows what happens, without a window", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await hidden(desk);
  assert.deepEqual(desk.shown(), []);
  const idle = await icon(desk);
  assert.deepEqual((await labels(desk)).filter((label) => label !== "Conductor Loop"), ["New task…", "Pause all", "Open Conductor Loop", "Quit"]);

  const { task } = desk.make("Sort the shelves.");
  await until("the task in the menu", async () => (await labels(desk)).some((label) => label.startsWith("Sort the shelves.:")));
  const working = await icon(desk);
  assert.notEqual(working, idle);
  await desk.click("Pause all");
  await until("the pause", () => desk.status(task) === "paused");
  writeFileSync(join(desk.folder, "go"), "");
  desk.command("resume", task, "--project", "shop");
  await until("its end", () => desk.status(task) === "completed");
  await until("the idle icon", async () => (await icon(desk)) === idle);

  desk.make("Break it.", "--agent", "fails");
  await until("the failure in the menu", async () => (await labels(desk)).some((label) => label.startsWith("Break it.:")));
  assert.ok(![idle, working].includes(await icon(desk)));
}));

test("a question is told once, also across a restart, and answered by its choice", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await hidden(desk);
  const { task } = desk.make("Ask.", "--agent", "asks");
  const asked = await desk.told("notification");
  assert.equal(asked.title, "Ask.: a question");
  assert.match(asked.body, /^Rename it &amp; go &lt;on&gt;\?/);
  const [yes, no] = [asked.actions[2], asked.actions[4]];
  assert.deepEqual(asked.actions, ["default", "Open", yes, "yes", no, "no"]);
  assert.match(yes, /^choice-0-question-[0-9a-f]{8}$/);
  assert.equal(no, yes.replace("choice-0", "choice-1"));

  const written = () => existsSync(announced(desk)) && readFileSync(announced(desk), "utf8").includes("question-");
  await until("it to be written down", written);
  await desk.direct.end("SIGKILL");
  await hidden(desk);
  await until("the question in the menu", async () => (await labels(desk)).includes("Needs you"));
  assert.equal(desk.take("notification"), undefined, "it was told before the restart");

  // A second task's question is told, and answered in its notification.
  const other = desk.make("Ask again.", "--agent", "asks");
  const again = await desk.told("notification");
  assert.equal(again.title, "Ask again.: a question");
  await desk.asked(`choose ${again.id} ${again.actions[2]}`, "chosen");
  await until("the answer", () => desk.status(other.task) !== "waiting_answer");
  assert.equal(desk.status(task), "waiting_answer", "the other question stays open");
  // What was shown before the app was killed is answered, too.
  await desk.asked(`choose ${asked.id} ${no}`, "chosen");
  await until("the first answer", () => desk.status(task) !== "waiting_answer");
  assert.deepEqual(desk.shown(), [], "an answer opens no window");
}));

test("a notification that is due at a crash comes once with the next start; one that was answered does not", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await hidden(desk);
  await desk.direct.end("SIGKILL");
  const { task } = desk.make("Ask.", "--agent", "asks");
  const answered = desk.make("Ask again.", "--agent", "asks");
  await until("both questions", () => [task, answered.task].every((one) => desk.status(one) === "waiting_answer"));
  desk.command("answer", answered.task, "yes", "--project", "shop");
  await until("the answer", () => desk.status(answered.task) !== "waiting_answer");
  await hidden(desk);
  const told = await desk.told("notification");
  assert.equal(told.title, "Ask.: a question");
  // A click opens just that.
  await desk.asked(`choose ${told.id} default`, "chosen");
  await until("the window", () => desk.shown().length === 1);
  desk.command("answer", task, "no", "--project", "shop");
}));

test("what was answered elsewhere is taken away", { timeout: 90_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await hidden(desk);
  const { task } = desk.make("Ask.", "--agent", "asks");
  const told = await desk.told("notification");
  desk.command("stop", task, "--project", "shop");
  assert.equal((await desk.told("closed")).id, told.id);
}));

test("a failure is told, and what was completed once nothing else is at work", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await hidden(desk);
  desk.make("Break it.", "--agent", "fails");
  assert.equal((await desk.told("notification", 60)).title, "Break it.: failed");
  const two = [desk.make("Sort the shelves."), desk.make("Count the boxes.")];
  writeFileSync(join(desk.folder, "go"), "");
  for (const { task } of two) await until(`${task} to end`, () => desk.status(task) === "completed");
  const digest = await desk.told("notification");
  assert.match(digest.title, /^(2 tasks are completed|(Sort the shelves|Count the boxes)\.: completed)$/);
}));

for (const [name, parts, env] of [
  ["no tray host", ["notifications"], {}],
  ["no notification service", ["panel"], {}],
  ["nothing at all on the bus", [], {}],
  ["no session bus", [], { DBUS_SESSION_BUS_ADDRESS: "unix:path=/no/such/bus" }],
]) {
  test(`it starts with ${name}`, { timeout: 60_000 }, () => on(new Desk(AGENTS, { parts, env }), async (desk) => {
    const started = desk.start();
    await until("the window", () => desk.shown().length === 1);
    if (parts.includes("panel")) {
      await desk.told("item");
      return;
    }
    // Without a tray, closing quits.
    await new Promise((resolve) => setTimeout(resolve, 500));
    desk.closeWindow();
    assert.equal(await started.ended, 0);
  }));
}

test("it starts without the library for tray icons, and closing quits", { timeout: 60_000 }, () => {
  const desk = new Desk(AGENTS);
  for (const name of ["libayatana-appindicator3.so.1", "libappindicator3.so.1", "libayatana-appindicator3.so", "libappindicator3.so"]) {
    desk.write(`broken/${name}`, "");
  }
  desk.env.LD_LIBRARY_PATH = join(desk.folder, "broken");
  return on(desk, async () => {
    const started = desk.start();
    await until("the window", () => desk.shown().length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(desk.take("item"), undefined);
    desk.closeWindow();
    assert.equal(await started.ended, 0);
    assert.match(started.errors, /library for tray icons/);
  });
});

test("a panel that comes later gets the icon", { timeout: 60_000 }, () => on(new Desk(AGENTS, { parts: ["notifications"] }), async (desk) => {
  const started = desk.start();
  await until("the window", () => desk.shown().length === 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await desk.asked("panel on", "panel");
  await desk.told("item");
  await desk.click("Quit");
  assert.equal(await started.ended, 0);
  assert.equal(desk.processes(app).length, 0);
}));
