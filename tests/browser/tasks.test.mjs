// The dashboard on real supervisors: a task is launched, watched, asked, told, stopped, paused, and fails.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard, confirm, until } from "./dashboard.mjs";

let board;
before(async () => {
  board = await Dashboard.start();
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

test("the first task is launched from the first run, watched live, and found again by its address", async () => {
  const page = await board.open();
  await page.getByRole("heading", { name: "Welcome to Conductor Loop" }).waitFor();
  await page.getByRole("region", { name: "Found on this machine" }).getByText("scripted").waitFor();
  await page.getByRole("textbox", { name: "Work in" }).fill(board.served.folder);
  await page.getByRole("textbox", { name: "What should be done" }).fill("work-on the door");
  await page.getByRole("button", { name: "Everything" }).click();
  await page.getByRole("button", { name: "Start the first task" }).click();
  await page.waitForURL(/\/tasks\/[^/]+\/task-/);
  await page.getByText(/line 3 of work/).first().waitFor();
  const [, , project, task] = new URL(page.url()).pathname.split("/");
  const detail = await board.served.ask("GET", `/api/v1/projects/${project}/tasks/${task}`);
  assert.equal(detail.access, "full");
  assert.equal(detail.cwd, board.served.folder);

  await page.reload();
  await page.getByText(/line 3 of work/).first().waitFor();
  board.let("end");
  await page.getByRole("main").getByText(/completed/i).first().waitFor();
  await page.context().close();
});

test("a task is launched from the page of new tasks", async () => {
  await board.is(await board.make("say hello"), "completed");
  const page = await board.open("/new");
  await page.getByRole("textbox", { name: /(to|should) be done/i }).fill("say hello");
  await inFolder(page, board.served.folder);
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.waitForURL(/\/tasks\/[^/]+\/task-/);
  await page.getByText("done at once").first().waitFor();
  await page.context().close();
});

test("a question is answered where it is seen, and the agent goes on", async () => {
  const task = await board.make("ask-me");
  const page = await board.open();
  const needs = page.getByRole("region", { name: "Needs you" });
  await needs.getByText("Which colour shall the door have?").waitFor();
  await needs.getByRole("button", { name: "blue" }).click();
  const detail = await board.is(task, "completed");
  assert.equal(detail.question ?? null, null);
  await page.goto(board.served.url + task.path);
  await page.getByText("painting it blue").first().waitFor();
  await until("nobody to be needed", async () => (await needs.getByText("Which colour").count()) === 0);
  await page.context().close();
});

test("what is told after a turn is heard in the next", async () => {
  const task = await board.atWork(await board.make("hear-me"));
  const page = await board.open(task.path);
  await page.getByText("listening").first().waitFor();
  await page.getByRole("textbox", { name: "Message to the agent" }).fill("use green");
  await page.getByRole("button", { name: /Send after this turn/ }).click();
  const word = async () => (await board.served.ask("GET", `${task.api}/messages?type=USER`)).items.at(-1)?.body;
  await until("the word to be on the bus", async () => (await word())?.includes("use green"));
  board.let("turn");
  await page.getByText("heard green").first().waitFor();
  await board.is(task, "completed");
  await page.context().close();
});

test("a stop needs a second step, and shows what was verified", async () => {
  board.unlet("end");
  const task = await board.atWork(await board.make("work-on a roof"));
  const page = await board.open(task.path);
  await page.getByText(/line \d+ of work/).first().waitFor();
  await page.getByRole("button", { name: /^Stop/ }).first().click();
  assert.equal((await board.served.ask("GET", task.api)).status, "running");
  await confirm(page, /Stop/);
  const { stop } = await board.is(task, "stopped");
  assert.deepEqual(stop.left, []);
  assert.ok(stop.found > 0);
  await page.getByText(/none left|0 left|nothing is left/i).first().waitFor();
  if (await page.getByRole("dialog").isVisible()) await page.keyboard.press("Escape");
  const evidence = page.getByRole("button", { name: /^Evidence/ });
  await evidence.click();
  await page.getByText(`${stop.found} found, ${stop.killed} ended, 0 left`).waitFor();
  await page.context().close();
});

test("a task is paused and goes on", async () => {
  const task = await board.atWork(await board.make("work-on a wall"));
  const page = await board.open(task.path);
  await page.getByText(/line \d+ of work/).first().waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await board.is(task, "paused");
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await board.is(task, "running");
  board.let("end");
  await board.is(task, "completed");
  await page.context().close();
});

test("a failure says why, and its evidence how that is known", async () => {
  const task = await board.make("fail-now");
  const detail = await board.is(task, "failed");
  const page = await board.open(task.path);
  await page.getByRole("alert").getByText(detail.error.message.slice(0, 40), { exact: false }).first().waitFor();
  await page.getByRole("button", { name: /^Runs/ }).click();
  await page.getByText(/failed · exit 126/).first().waitFor();
  await page.context().close();
});

/** Says where a new task works, where nothing is chosen yet. */
async function inFolder(page, folder) {
  const field = page.getByRole("textbox", { name: /folder/i });
  const menu = page.getByRole("button", { name: /choose a project/i });
  if (await field.isVisible()) return field.fill(folder);
  if (!(await menu.isVisible())) return;
  await menu.click();
  await page.getByRole("menuitemradio").first().click();
}
