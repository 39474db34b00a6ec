// How the dashboard looks to those who need it to be sound: accessible, narrow, by keyboard, and over hostile text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";
import { Dashboard } from "./dashboard.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LONG = "a-very-long-name-that-does-not-end-".repeat(3);
const NASTY = [
  '<img src=x onerror="document.title=\'owned\'"><b id="owned">bold</b><script>document.title="owned"</script>',
  "\u001b[31m█▀▀ red \u001b[1mand bold\u001b[0m ▄▄▄█",
  "שלום עולם \u202Egnp.exe\u202C مرحبا 👩‍👩‍👧‍👦🏳️‍🌈",
  `https://example.org/${"x".repeat(400)}`,
].join("\n");

let board;
let paths;
before(async () => {
  board = await Dashboard.start();
  board.let("nasty.txt", NASTY);
  const nasty = await board.make(`nasty 👩‍👩‍👧‍👦 שלום <b>${LONG}</b>`);
  const [asking, working, failed] = [
    await board.make(`ask-me ${LONG}`), await board.make("work-on it"), await board.make("fail-now"),
  ];
  await board.is(nasty, "completed");
  await board.is(failed, "failed");
  await board.atWork(working);
  await board.atWork(asking);
  const tabs = ["", "/log", "/changes", "/messages", "/timeline", "/files", "/details"].map((tab) => nasty.path + tab);
  const settings = [
    "agents", "projects", "limits", "notifications", "webhooks", "access", "editor", "appearance", "keys", "storage",
    "configuration",
  ].map((part) => `/settings/${part}`);
  paths = ["/tasks", ...tabs, asking.path, failed.path, working.path, "/fleet", "/new", ...settings];
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

/** Goes to a page within the tab, and waits until nothing of it is on its way. */
async function visit(page, path) {
  await page.goto(board.served.url + path);
  await page.getByRole("main").waitFor();
  await page.waitForFunction(() => document.querySelector('[role=status][aria-label="Loading"]') === null);
}

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing serious on any page, ${theme}`, { timeout: 240_000 }, async () => {
    const page = await board.open("/", { theme, bypassCSP: true });
    const found = [];
    for (const path of paths) {
      await visit(page, path);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document));
      for (const { id, impact, nodes } of violations) {
        if (impact === "serious" || impact === "critical") found.push(`${path}: ${id}: ${nodes[0].html.slice(0, 160)}`);
      }
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });
}

test("320 px are enough for every page", { timeout: 240_000 }, async () => {
  const page = await board.open("/", { width: 320, height: 640, hasTouch: true });
  const wide = [];
  for (const path of paths) {
    await visit(page, path);
    const over = await page.evaluate(() => {
      const all = [...document.querySelectorAll("body *")].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.right > innerWidth + 1 && !isInScroller(element);
      });
      // What scrolls by itself, such as a log or a row of tabs, may hold what is wider.
      function isInScroller(element) {
        for (let at = element.parentElement; at; at = at.parentElement) {
          const style = getComputedStyle(at);
          if (style.overflowX !== "visible" && at.scrollWidth > at.clientWidth && at.clientWidth < innerWidth + 1) {
            return at !== document.body && at !== document.documentElement;
          }
        }
        return false;
      }
      return all.slice(0, 1).map((element) => element.outerHTML.slice(0, 160));
    });
    const scrolls = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (over.length > 0 || scrolls) wide.push(`${path}: ${over[0] ?? "scrolls"}`);
  }
  assert.deepEqual(wide, []);
  await page.context().close();
});

test("every address leads to the same after a reload", { timeout: 120_000 }, async () => {
  const page = await board.open("/");
  for (const path of paths) {
    await visit(page, path);
    await page.reload();
    await page.getByRole("main").waitFor();
    const { pathname } = new URL(page.url());
    assert.equal(pathname, path);
    assert.equal(await page.getByText("No such page").count(), 0, path);
  }
  await page.context().close();
});

test("what an agent wrote stays text", async () => {
  const page = await board.open("/");
  for (const path of paths.slice(1, 5)) {
    await visit(page, path);
    assert.equal(await page.locator("#owned").count(), 0, path);
    assert.equal(await page.locator("img[src=x]").count(), 0, path);
    assert.notEqual(await page.title(), "owned", path);
  }
  await visit(page, paths[1]);
  await page.getByText("<b id=\"owned\">", { exact: false }).first().waitFor();
  assert.equal(await page.getByText("\u202E").count(), 0, "a character that turns the direction is drawn by its name");
  await page.context().close();
});

test("a task is launched, answered and left by keyboard alone", async () => {
  const page = await board.open("/");
  await page.getByRole("tree").waitFor();
  await page.keyboard.press("n");
  await page.waitForURL(/\/new/);
  const focusedName = () => page.evaluate(() => document.activeElement?.tagName);
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("ask-by-key alone");
  if (await page.getByRole("textbox", { name: /folder/i }).isVisible()) {
    await tabTo(page, /folder/i);
    await page.keyboard.type(board.served.folder);
  }
  await tabTo(page, /^Start/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tasks\/[^/]+\/task-.*by-key/);
  await page.getByRole("main").getByRole("button", { name: /^black/ }).first().waitFor();
  assert.notEqual(await focusedName(), "TEXTAREA", "the focus is not stolen by the question");
  await page.keyboard.press("2");
  await page.getByText("painting it black").first().waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("fleet");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/fleet/);
  await page.context().close();
});

/** Presses Tab until what has the focus has this name. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const words = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element?.labels?.[0]?.innerText;
      return element?.getAttribute("aria-label") ?? label ?? element?.innerText ?? "";
    });
    if (name.test(words)) return;
  }
  assert.fail(`nothing named ${name} is reached by Tab`);
}
