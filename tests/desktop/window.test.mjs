// The real window: it starts, asks, streams, is kept in the tray, found again by a second start and by a link, and its
// death touches no agent.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../scripts/served.mjs";
import { Desk, app } from "./desk.mjs";

const WAITS = 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done; i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo "line $i ü"; done';
const AGENTS = { writer: { type: "command", command: ["sh", "-c", WAITS] } };
const TEXT = Array.from({ length: 50 }, (_, line) => `line ${line + 1} ü\n`).join("");

async function on(desk, work) {
  try {
    await desk.open();
    await work(desk);
  } catch (error) {
    console.error(desk.driver?.errors ?? desk.direct?.errors);
    throw error;
  } finally {
    await desk.end();
  }
}

/** Gathers, in the page, what its stream tells: `seen.events`, and `seen.ended`. Each event keeps it busy for `busy` ms. */
function listenInPage(lastId, busy, done) {
  const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
  const seen = { events: [], ended: false };
  window.seen = seen;
  const early = new Map();
  let next = 0;
  const id = transformCallback(({ index, message }) => {
    early.set(index, message);
    for (; early.has(next); next += 1) if (early.get(next) !== undefined) seen.events.push(early.get(next));
    for (const end = Date.now() + busy; Date.now() < end; );
  });
  invoke("stream_open", { channel: `__CHANNEL__:${id}`, lastId }).then(() => { seen.ended = true; }, (error) => { seen.refused = error; });
  done();
}

const seen = (desk) => desk.window.executeScript("return window.seen");

test("a page asks and streams through the window, from a command to a log's last byte", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await desk.drive();
  const made = await desk.ask("POST", "/api/v1/tasks", {
    prompt: "Write.", project: "shop", cwd: join(desk.folder, "work"), workflow: "once",
  });
  const detail = () => desk.ask("GET", `/api/v1/projects/${made.project}/tasks/${made.task}`);
  const run = await until("a run", async () => (await detail()).run_list[0]?.run);

  await desk.window.executeAsyncScript(`(${listenInPage})(undefined, 0, arguments[0])`);
  const session = await until("the stream's id", async () => (await seen(desk)).events[0]?.data.data.session);
  const topic = { kind: "log", project: made.project, task: made.task, run, stream: "stdout" };
  assert.deepEqual(await desk.call("stream_add", { session, name: "log", topic }), { ok: null });
  assert.equal((await desk.call("stream_add", { session, name: "log", topic })).refused.code, "conflict");
  writeFileSync(join(desk.folder, "go"), "");
  await until("the log's end", async () => (await seen(desk)).events.some(({ event, data }) => event === "end" && data.subscription === "log"));
  const { events } = await seen(desk);
  const text = events.filter(({ event }) => event === "log").map(({ data }) => data.data.text).join("");
  assert.equal(text, TEXT);

  // The id of an event resumes exactly after it, on a stream that takes the place of this one.
  const first = events.find(({ event }) => event === "log");
  await desk.window.executeAsyncScript(`(${listenInPage})(arguments[0], 0, arguments[1])`, first.id);
  await until("the rest", async () => (await seen(desk)).events.some(({ event }) => event === "end"));
  const rest = (await seen(desk)).events.filter(({ event }) => event === "log").map(({ data }) => data.data.text).join("");
  assert.equal(first.data.data.text + rest, TEXT);
  assert.equal((await desk.call("stream_drop", { session, name: "log" })).refused.code, "not_found", "the first stream is gone");

  await desk.call("stream_close");
  await until("its end", async () => (await seen(desk)).ended);
}));

test("a page that is slow gets no more than it takes, and then all of it", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await desk.drive();
  await desk.window.executeAsyncScript(`(${listenInPage})(undefined, 10, arguments[0])`);
  const session = await until("the stream's id", async () => (await seen(desk)).events[0]?.data.data.session);
  const names = Array.from({ length: 100 }, (_, n) => `s${n}`);
  for (const name of names) await desk.call("stream_add", { session, name, topic: { kind: "events" } });
  await until("all of them", async () => (await seen(desk)).events.filter(({ event }) => event === "added").length === 100);
  assert.deepEqual((await seen(desk)).events.filter(({ event }) => event === "added").map(({ data }) => data.subscription), names);
}));

test("nothing of the web and nothing of the system is open to the page", { timeout: 60_000 }, () => on(new Desk(), async (desk) => {
  await desk.browse();
  const violation = await desk.window.executeAsyncScript(`
    const done = arguments[0];
    document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective + " " + event.blockedURI));
    new Image().src = "http://127.0.0.1:9/x.png";
    setTimeout(() => done("none"), 5000);`);
  assert.equal(violation, "img-src http://127.0.0.1:9/x.png");
  const style = await desk.window.executeScript(`
    const style = document.createElement("style"); style.textContent = "body { opacity: 0.5 }"; document.head.append(style);
    return getComputedStyle(document.body).opacity;`);
  assert.equal(style, "0.5", "styles that are made at run time hold");
  for (const command of ["plugin:shell|execute", "plugin:fs|read_file", "plugin:window|close", "plugin:dialog|open"]) {
    assert.match((await desk.call(command)).refused, /not allowed|not found/, command);
  }
  assert.equal((await desk.call("open_link", { url: "file:///etc/passwd" })).refused.code, "usage");
  await desk.window.executeScript('location.href = "http://127.0.0.1:9/"');
  assert.match(await desk.window.getCurrentUrl(), /^tauri:\/\/localhost/);
}));

test("closing goes to the tray and says so once; a second start shows the window again", { timeout: 60_000 }, () => on(new Desk(), async (desk) => {
  const first = desk.start();
  await until("the window", () => desk.shown().length === 1);
  await desk.told("item");
  desk.closeWindow();
  await until("the window to go", () => desk.shown().length === 0);
  const said = await desk.told("notification");
  assert.match(said.title, /goes on in the tray/);
  assert.match(said.body, /Quit is in the menu/);
  assert.ok(first.isRunning);

  await desk.click("Open Conductor Loop");
  await until("the window", () => desk.shown().length === 1);
  desk.closeWindow();
  await until("the window to go", () => desk.shown().length === 0);
  const second = spawnSecond(desk);
  assert.equal(await second.ended, 0);
  await until("the window", () => desk.shown().length === 1);
  assert.equal(desk.take("notification"), undefined, "it is said once");
  assert.equal(desk.processes(app).length, 1);

  await desk.click("Quit");
  assert.equal(await first.ended, 0);
}));

function spawnSecond(desk, ...args) {
  const first = desk.direct;
  const second = desk.start(...args);
  desk.direct = first;
  return second;
}

test("a link opens its task, in a running app and in one that it starts", { timeout: 90_000 }, () => on(new Desk(AGENTS), async (desk) => {
  const { task } = desk.make("Write.");
  await desk.browse();
  const place = () => desk.window.executeScript("return location.pathname");
  const isThere = async () => (await place()).startsWith(`/tasks/shop/${task}`);
  assert.ok(!(await isThere()));
  const second = desk.start(`conductor://task/shop/${task}`);
  assert.equal(await second.ended, 0);
  await until("the page to go there", isThere);
  assert.equal(await desk.start("conductor://task/shop/../../etc").ended, 0);
  assert.ok(await isThere(), await place());
  await desk.window.quit();
  await until("the app to end", () => desk.processes(app).length === 0);

  await desk.driver.end("SIGKILL");
  await desk.browse(`conductor://task/shop/${task}`);
  await until("the page to go there", isThere);
}));

test("kill -9 of the app with three agents at work touches none, and the next start shows them", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await desk.drive();
  const cwd = join(desk.folder, "work");
  const made = [];
  for (const prompt of ["One.", "Two.", "Three."]) {
    made.push(await desk.ask("POST", "/api/v1/tasks", { prompt, project: "shop", cwd, workflow: "once" }));
  }
  const running = (task) => until(`${task} to run`, () => desk.status(task) === "running");
  await Promise.all(made.map(({ task }) => running(task)));
  const [pid] = desk.processes(app);
  process.kill(pid, "SIGKILL");
  await until("the app to be gone", () => desk.processes(app).length === 0);
  assert.deepEqual(made.map(({ task }) => desk.status(task)), ["running", "running", "running"]);
  writeFileSync(join(desk.folder, "go"), "");
  for (const { task } of made) await until(`${task} to end`, () => desk.status(task) === "completed");

  await desk.driver.end("SIGKILL");
  await desk.drive();
  const { items } = await desk.ask("GET", "/api/v1/tasks");
  assert.deepEqual(items.map(({ status }) => status), ["completed", "completed", "completed"]);
}));

test("an agent that only .bashrc puts on the path is found, and started with its keys", { timeout: 90_000 }, () => {
  const agents = { mine: { type: "command", command: ["my-own-agent"] } };
  return on(new Desk(agents), async (desk) => {
    const program = desk.program(".tools/bin/my-own-agent", '#!/bin/sh\necho "key $MY_KEY"\n');
    desk.write(".bashrc", 'echo welcome\nexport PATH="$HOME/.tools/bin:$PATH" MY_KEY=secret-enough\n');
    await desk.drive();
    const { items } = await desk.ask("GET", "/api/v1/agents");
    assert.equal(items.find(({ agent }) => agent === "mine").path, program);
    const { items: findings } = await desk.ask("GET", "/api/v1/doctor");
    assert.equal(findings.find(({ what }) => what === "environment").text, "that of the login shell /bin/bash");
    const made = await desk.ask("POST", "/api/v1/tasks", { prompt: "Say it.", project: "shop", cwd: join(desk.folder, "work"), workflow: "once" });
    await until("its end", () => desk.status(made.task) === "completed");
    const { environment } = (await desk.call("desktop_state")).ok;
    assert.equal(environment.shell, "/bin/bash");
    assert.equal(environment.problem, undefined);
    const detail = await desk.ask("GET", `/api/v1/projects/shop/tasks/${made.task}`);
    assert.match(readFileSync(join(detail.path, "runs", detail.run_list[0].run, "agent-stdout.txt"), "utf8"), /key secret-enough/);
  });
});

test("settings of the desktop are kept, and what is missing is said once", { timeout: 60_000 }, () => on(new Desk({}, { parts: ["notifications"] }), async (desk) => {
  await desk.drive();
  const state = await until("what is missing", async () => {
    const { ok } = await desk.call("desktop_state");
    return ok.missing.length > 0 && ok;
  });
  assert.deepEqual(state.missing.map(({ what }) => what), ["tray_host"]);
  // The dashboard asks, and says so, before the test does or after it.
  if (!process.env.CONDUCTOR_DASHBOARD) assert.equal(state.missing[0].isNew, true);
  const settings = { ...state.settings, theme: "dark", quiet: { from: "22:00:00", to: "07:00:00" } };
  // The page sets its own theme once, a moment after it is opened.
  await new Promise((done) => setTimeout(done, 1500));
  const set = await until("the settings", async () => {
    const { ok } = await desk.call("desktop_set", { change: { settings, autostart: true } });
    const isDark = await desk.window.executeScript("return matchMedia('(prefers-color-scheme: dark)').matches");
    return ok.settings.theme === "dark" && isDark && ok;
  });
  assert.deepEqual([set.autostart, set.missing[0].isNew], [true, false]);
  const entry = join(desk.folder, ".config/autostart/conductor-desktop.desktop");
  assert.match(readFileSync(entry, "utf8"), /--hidden/);
  await desk.call("desktop_set", { change: { autostart: false } });
  assert.ok(!existsSync(entry));
  assert.equal((await desk.call("desktop_set", { change: { colour: 1 } })).ok, undefined);
  await desk.window.quit();
  await desk.driver.end("SIGKILL");
  await desk.drive();
  const again = (await desk.call("desktop_state")).ok;
  // The theme is the page's, which sets it anew when it is opened.
  assert.deepEqual(again.settings.quiet, settings.quiet);
}));

test("the page can quit the app, which asks first where agents are at work", { timeout: 120_000 }, () => on(new Desk(AGENTS), async (desk) => {
  await desk.drive();
  const { task } = desk.make("Write.");
  await until("an agent at work", () => desk.status(task) === "running");
  const [pid] = desk.processes(app);
  const asks = () => spawnSync("xdotool", ["search", "--onlyvisible", "--name", "^Quit Conductor Loop"], { encoding: "utf8" }).stdout;
  await desk.call("quit");
  await until("the question", () => asks().trim() !== "");
  assert.deepEqual(desk.processes(app), [pid]);
  spawnSync("xdotool", ["search", "--onlyvisible", "--name", "^Quit Conductor Loop", "windowclose"]);
  writeFileSync(join(desk.folder, "go"), "");
  await until("its end", () => desk.status(task) === "completed");
  // Nobody is left to say that it was done.
  desk.call("quit").catch(() => undefined);
  await until("the app's end", () => desk.processes(app).length === 0);
}));
