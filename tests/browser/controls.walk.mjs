// Every control on every page is pressed: none does nothing, and none asks for something that has no name, as the stop
// button did that asked for `/runs/undefined/stop` (C24).

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard } from "./dashboard.mjs";
import { everyPage } from "./pages.mjs";
import { Found, walk } from "./walk.mjs";

/** A button that does nothing, on one page: so it is known that such a one is found. */
const DEAD = { path: "/settings/appearance", words: "This does nothing" };
/** What is asked for by a person's press alone, with the tasks' names in place of `{task}`. */
const CHANGES = [
  "DELETE /api/v1/projects/demo/tasks/{task}", "DELETE /api/v1/tokens/{name}", "POST /api/v1/attention/{id}", "POST /api/v1/demo",
  "POST /api/v1/gc",
  ...["answer", "archive", "done", "messages", "pause", "resume", "stop", "tell"].map((what) => `POST /api/v1/projects/demo/tasks/{task}/${what}`),
  "POST /api/v1/tasks", "POST /api/v1/tickets", "POST /api/v1/tokens",
].sort();

let board;
let tasks;
const found = new Found();
before(async () => {
  board = await Dashboard.start();
  const pages = await everyPage(board);
  tasks = Object.values(pages.tasks).map(({ task }) => task);
  const prepare = async (page) => {
    await page.evaluate(() => localStorage.setItem("conductor.editor", "vscode://file/{file}:{line}"));
    await page.addInitScript(putDead, DEAD);
  };
  const { nasty, asking, working } = pages.tasks;
  // First the page on which the palette has most.
  await walk(board, [working.path, ...pages.paths], { found, prepare });
  const narrow = ["/tasks", asking.path, `${nasty.path}/details`];
  await walk(board, narrow, { found, prepare, width: 390, height: 844, hasTouch: true });
}, { timeout: 900_000 });
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

test("no control on any page does nothing", () => {
  assert.deepEqual(found.dead, [`${DEAD.path}: page › button “${DEAD.words}”`]);
  assert.ok(found.pressed.size > 300, `${found.pressed.size} were pressed`);
});

test("C24: no control asks for what has no name", () => {
  const paths = found.requests.map(({ path }) => decodeURIComponent(path));
  assert.deepEqual(paths.filter((path) => /\b(undefined|null|NaN)\b|\[object/.test(path)), []);
  const named = paths.flatMap((path) => /\/tasks\/([^/?]+)/.exec(path)?.[1] ?? []);
  assert.deepEqual(new Set(named), new Set(tasks), "each task by its own name");
  const changes = found.requests
    .filter(({ method, path }) => method !== "GET" && !path.startsWith("/api/v1/stream"))
    .map(({ method, path }) => `${method} ${path.replace(/\/tasks\/[^/]+/, "/tasks/{task}")}`
      .replace(/tokens\/.+/, "tokens/{name}").replace(/attention\/.+/, "attention/{id}"));
  assert.deepEqual([...new Set(changes)].sort(), CHANGES);
});

/** Runs in a page. */
function putDead({ path, words }) {
  addEventListener("load", () => {
    if (location.pathname !== path) return;
    const button = document.body.appendChild(document.createElement("button"));
    button.textContent = words;
    Object.assign(button.style, { position: "fixed", right: "8px", bottom: "8px" });
  });
}
