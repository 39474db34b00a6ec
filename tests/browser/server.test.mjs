// `npm run test:browser`: what only a browser does to a server: six connections to a host, names that point elsewhere,
// pages of others.

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Served, buildProgram, until } from "../scripts/served.mjs";
import { launch } from "./browser.mjs";
import { watch } from "./watch.mjs";

const RUNS = 24;
const LINES = 100;
const SCRIPT = `
  while [ ! -e "$HOME/go" ]; do sleep 0.05; done
  i=0; while [ $i -lt ${LINES} ]; do i=$((i + 1)); echo "$JRUN_TASK_ID line $i ü"; sleep 0.05; done
`;
const TEXT = (task) => Array.from({ length: LINES }, (_, line) => `${task} line ${line + 1} ü\n`).join("");

let served;
let browser;
before(async () => {
  const agents = { writer: { type: "command", command: ["sh", "-c", SCRIPT] } };
  served = new Served(buildProgram(), agents, { agent: "writer", max_running: RUNS });
  await served.start();
  browser = await launch("--host-resolver-rules=MAP rebound.example 127.0.0.1");
});
after(async () => {
  await browser?.close();
  await served?.end();
});

/** A page of the server that has traded a link's ticket for a token: the dashboard, which has none, does nothing. */
async function open() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const link = new URL(served.command("token", "link").split("\n")[0]);
  await page.goto(served.url);
  const token = await page.evaluate(async (ticket) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/api/v1/session", { method: "POST", headers, body: JSON.stringify({ ticket }) });
    return (await answer.json()).token;
  }, new URLSearchParams(link.hash.slice(1)).get("ticket"));
  assert.ok(token);
  await page.evaluate(watch);
  return { context, page, token };
}

test("24 logs are live on one stream, over a crash of the server, byte for byte", { timeout: 180_000 }, async () => {
  const tasks = await Promise.all(Array.from({ length: RUNS }, (_, n) => served.ask("POST", "/api/v1/tasks", {
    prompt: `Write ${n}.`, project: "demo", cwd: served.folder, workflow: "once",
  })));
  const topics = await Promise.all(tasks.map(({ task }) => until(`a run of ${task}`, async () => {
    const detail = await served.ask("GET", `/api/v1/projects/demo/tasks/${task}`);
    const run = detail.run_list[0]?.run;
    return run && { kind: "log", project: "demo", task, run, stream: "stdout" };
  })));
  const { context, page, token } = await open();
  await page.evaluate(({ token, topics }) => watchAll(token, topics), { token, topics });
  writeFileSync(`${served.folder}/go`, "");

  await until("half of it", () => page.evaluate((bytes) => seen.bytes > bytes, (RUNS * TEXT(tasks[0].task).length) / 2));
  // With the stream open, there is room for what a page asks besides.
  const status = await page.evaluate(async (token) => {
    const ask = () => fetch("/api/v1/tasks", { headers: { authorization: `Bearer ${token}` } });
    return (await Promise.all([1, 2, 3, 4, 5, 6].map(ask))).map((answer) => answer.status);
  }, token);
  assert.deepEqual(status, [200, 200, 200, 200, 200, 200]);
  const port = new URL(served.url).port;
  await served.kill();
  await until("the page to notice", () => page.evaluate(() => seen.cuts > 0));
  await served.start(port);

  await until("the end of all", () => page.evaluate((runs) => seen.ended === runs, RUNS), 90);
  const { logs, streams, trouble } = await page.evaluate(() => seen);
  assert.deepEqual(trouble, []);
  assert.equal(streams, 2, "one before the crash, one after it");
  for (const [index, topic] of topics.entries()) assert.equal(logs[`log-${index}`], TEXT(topic.task));
  assert.deepEqual(await context.cookies(), []);
  await context.close();
});

test("a name that points to this machine opens nothing", async () => {
  const page = await browser.newPage();
  const port = new URL(served.url).port;
  const answer = await page.goto(`http://rebound.example:${port}/api/v1/health`);
  assert.equal(answer.status(), 421);
  assert.equal(JSON.parse(await answer.text()).code, "foreign_host");
  await page.close();
});

test("a page of others changes nothing, even with the token", async () => {
  const other = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<h1>elsewhere</h1>"));
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${other.address().port}/`);
  const tried = await page.evaluate(async ({ url, token, cwd }) => {
    const body = JSON.stringify({ prompt: "from elsewhere", project: "demo", cwd });
    const headers = { authorization: `Bearer ${token}` };
    const json = { ...headers, "content-type": "application/json" };
    const tasks = `${url}/api/v1/tasks`;
    const attempts = [
      fetch(tasks, { headers }), fetch(tasks, { method: "POST", headers: json, body }),
      fetch(tasks, { method: "POST", body }), fetch(tasks, { method: "POST", mode: "no-cors", body }),
    ];
    return (await Promise.allSettled(attempts)).map(({ status, value }) => value?.type ?? status);
  }, { url: served.url, token: served.token, cwd: served.folder });
  assert.deepEqual(tried, ["rejected", "rejected", "rejected", "opaque"]);
  const { items } = await served.ask("GET", "/api/v1/tasks?limit=500");
  const prompts = await Promise.all(items.map(({ project, task }) =>
    served.ask("GET", `/api/v1/projects/${project}/tasks/${task}/files/TASK.md`)));
  assert.ok(!prompts.some((prompt) => prompt.includes("from elsewhere")));
  await page.close();
  other.close();
});
