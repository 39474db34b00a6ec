// How the dashboard looks to those who need it to be sound: accessible, narrow, by keyboard, and over hostile text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";
import { Dashboard } from "./dashboard.mjs";
import { everyPage } from "./pages.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let board;
let paths;
before(async () => {
  board = await Dashboard.start();
  ({ paths } = await everyPage(board));
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing serious on any page, ${theme}`, { timeout: 240_000 }, async () => {
    const page = await board.open("/", { theme, bypassCSP: true });
    const found = [];
    for (const path of paths) {
      await board.visit(page, path);
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
    await board.visit(page, path);
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
    await board.visit(page, path);
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
    await board.visit(page, path);
    assert.equal(await page.locator("#owned").count(), 0, path);
    assert.equal(await page.locator("img[src=x]").count(), 0, path);
    assert.notEqual(await page.title(), "owned", path);
  }
  await board.visit(page, paths[1]);
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
