// The dashboard on real supervisors: a task is launched, watched, stopped and paused, fails, and waits for others.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard, confirm, until, workIn } from "./dashboard.mjs";

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
  await workIn(page, "demo");
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.waitForURL(/\/tasks\/[^/]+\/task-/);
  await page.getByText("done at once").first().waitFor();
  await page.context().close();
});

test("C24: a stop needs a second step, asks for its task by name, and shows what was verified", async () => {
  board.unlet("end");
  const task = await board.atWork(await board.make("work-on a roof"));
  const page = await board.open(task.path);
  await page.getByText(/line \d+ of work/).first().waitFor();
  const asked = [];
  page.on("request", (request) => {
    if (/stop/.test(request.url())) asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  await page.getByRole("button", { name: /^Stop/ }).first().click();
  assert.equal((await board.served.ask("GET", task.api)).status, "running");
  assert.deepEqual(asked, [], "nothing before the second step");
  await confirm(page, /Stop/);
  const { stop } = await board.is(task, "stopped");
  assert.deepEqual(asked, [`POST ${task.api}/stop`]);
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

test("a task that waits for another says so, and starts when that one is completed", async () => {
  board.unlet("end");
  const base = await board.atWork(await board.make("work-on a base"));
  const page = await board.open("/new");
  await page.getByRole("textbox", { name: /should be done/i }).fill("say goodbye after it");
  await workIn(page, "demo");
  const after = page.getByRole("combobox", { name: "Name a task" });
  await after.fill("work-on-a-base");
  await page.getByRole("option", { name: /work-on-a-base/ }).waitFor();
  await after.press("Enter");
  await page.getByRole("button", { name: "Do not wait for work-on-a-base" }).waitFor();
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.waitForURL(/\/tasks\/demo\/task-.*goodbye/);
  const row = page.getByRole("treeitem", { name: /say-goodbye/ });
  await row.getByText("After work-on-a-base").waitFor();
  const main = page.getByRole("main");
  await main.getByText("waits for others", { exact: true }).first().waitFor();
  await main.getByText(/It waits for other tasks/).waitFor();
  const waiting = board.at(page.url());
  const { status, run_list: runs } = await board.served.ask("GET", waiting.api);
  assert.deepEqual([status, runs], ["waiting", []]);

  board.let("end");
  await main.getByText("done at once").first().waitFor();
  await row.getByText("Completed").waitFor();
  const [first, second] = [await board.is(base, "completed"), await board.is(waiting, "completed")];
  assert.ok(Date.parse(second.run_list[0].started_at) >= Date.parse(first.ended_at));
  await page.context().close();
});

test("a child task is shown below the one that started it, and each leads to the other", async () => {
  board.unlet("end");
  const parent = await board.make("have-child");
  const page = await board.open(parent.path);
  const [{ project, task }] = await until("a child", async () => {
    const { children } = await board.served.ask("GET", parent.api);
    return children.length > 0 && children;
  });
  const child = board.at(`${board.served.url}/tasks/${project}/${task}`);
  const row = ({ path }) => page.locator(`[role=treeitem][href="${path}"]`);
  await row(parent).getByText("Waits for its child tasks work-on-the-hinge").waitFor();
  const level = async (of) => Number(await row(of).getAttribute("aria-level"));
  assert.equal(await level(child), (await level(parent)) + 1);
  const children = page.getByRole("region", { name: "Child tasks" });
  await children.getByRole("link", { name: /work-on-the-hinge.*running/ }).click();
  await page.waitForURL(board.served.url + child.path);
  await page.getByText(/line \d+ of work/).first().waitFor();
  await page.getByRole("link", { name: "child of have-child" }).click();
  await page.waitForURL(board.served.url + parent.path);

  board.let("end");
  await children.getByRole("link", { name: /work-on-the-hinge.*completed/ }).waitFor();
  await page.getByText("gathered the hinge").first().waitFor();
  const [{ run_list: runs }, { parent_task: of }] = [await board.is(parent, "completed"), await board.is(child, "completed")];
  assert.equal(of, `${parent.project}/${parent.task}`);
  assert.equal(runs.length, 2);
  await page.context().close();
});
