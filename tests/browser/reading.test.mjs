// Reading what agents wrote: finding in a log of many lines, and text of a size that nobody expects.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard, until } from "./dashboard.mjs";

let board;
before(async () => {
  board = await Dashboard.start();
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

test("what is looked for in the raw log is counted, shown, and found again by the address", async () => {
  const task = await board.make("print-much");
  await board.is(task, "completed");
  const page = await board.open(`${task.path}/log`);
  await page.getByText("line 6000", { exact: true }).waitFor();
  await page.getByRole("tabpanel").getByRole("button", { name: "Find" }).click();
  const field = page.getByRole("searchbox", { name: "Find" });
  const bar = page.getByRole("search");
  const shows = async (count, line) => {
    await bar.getByText(count, { exact: true }).waitFor();
    const current = page.locator("[data-current]", { hasText: line });
    await current.waitFor();
    await until(`${line} in sight`, () => current.evaluate((row) => {
      const [box, list] = [row.getBoundingClientRect(), row.closest("[role=tabpanel]").getBoundingClientRect()];
      return box.top >= list.top && box.bottom <= list.bottom;
    }));
  };
  await field.fill("needle");
  await shows("1 of 3", "needle at 7");
  await field.press("Enter");
  await shows("2 of 3", "needle at 3000");
  await bar.getByRole("button", { name: "Next" }).click();
  await shows("3 of 3", "needle at 5990");
  await field.press("Enter");
  await shows("1 of 3", "needle at 7");
  await field.press("Shift+Enter");
  await shows("3 of 3", "needle at 5990");
  await page.reload();
  await bar.getByText(/of 3$/).waitFor();
  assert.equal(await field.inputValue(), "needle");
  await field.fill("no such thing");
  await bar.getByText("Nothing found").waitFor();
  await field.press("Escape");
  await bar.waitFor({ state: "hidden" });
  assert.equal(new URL(page.url()).search, "");
  await page.context().close();
});

test("ANSI art keeps its colours and its columns", async () => {
  const art = ["┌──────┐", "│\u001b[31m██\u001b[1;32m▄▄\u001b[0m  │", "└──────┘"];
  board.let("nasty.txt", `${art.join("\n")}\n`);
  const task = await board.make("nasty art");
  await board.is(task, "completed");
  const page = await board.open(`${task.path}/log`);
  await page.getByText("└──────┘").waitFor();
  const { rows, colours } = await page.getByText("██", { exact: true }).evaluate((red) => {
    const line = red.closest("[class*=line]");
    const rows = [...document.querySelectorAll(`.${[...line.classList].join(".")}`)].slice(0, 3).map((row) => {
      const range = document.createRange();
      range.selectNodeContents(row);
      return { text: row.textContent, width: range.getBoundingClientRect().width };
    });
    const green = [...line.querySelectorAll("span")].find((span) => span.textContent === "▄▄");
    return { rows, colours: [red, green, line].map((part) => getComputedStyle(part).color) };
  });
  assert.deepEqual(rows.map(({ text }) => text), ["┌──────┐", "│██▄▄  │", "└──────┘"]);
  assert.equal(new Set(colours).size, 3);
  // Less than half a column apart.
  for (const { width } of rows) assert.ok(Math.abs(width - rows[0].width) < rows[0].width / 16, `${width}`);
  await page.context().close();
});

test("a line and a message of 10 MB leave the page small and quick", { timeout: 180_000 }, async () => {
  const task = await board.make("say-much");
  await board.is(task, "completed");
  const page = await board.open(task.path);
  await page.getByText(/x{1000}/).first().waitFor();
  await holdsLittle(page);
  await page.getByRole("tabpanel").getByRole("button", { name: /^Show all/ }).click();
  await page.getByText(/more are in the raw log only/).waitFor();
  await holdsLittle(page);
  await page.getByRole("tab", { name: "Raw log" }).click();
  await page.getByText("that was much", { exact: true }).waitFor();
  await holdsLittle(page);
  await page.getByRole("tab", { name: "Messages" }).click();
  const message = page.getByRole("log").getByRole("article").filter({ hasText: "mmmmm" });
  await message.getByRole("button", { name: "Show all (10 MB)" }).click();
  await until("a piece of it", () => message.evaluate((row) => row.innerText.length > 200_000));
  await holdsLittle(page);
  const composer = page.getByRole("textbox", { name: "Message to the agent" });
  await composer.pressSequentially("still here");
  assert.equal(await composer.inputValue(), "still here");
  await page.context().close();
});

test("10 MB that are pasted go as a file", async () => {
  const task = await board.make("say hello");
  await board.is(task, "completed");
  const page = await board.open(task.path);
  const composer = page.getByRole("textbox", { name: "Message to the agent" });
  await composer.evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "p".repeat(10 * 1024 * 1024));
    field.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData }));
  });
  await page.getByRole("listitem").filter({ hasText: "pasted.txt10 MB" }).waitFor();
  assert.equal(await composer.inputValue(), "");
  await page.getByRole("button", { name: /Send as follow-up/ }).click();
  await page.getByText("given 10485760 bytes").first().waitFor();
  await page.context().close();
});

/** A page that draws the whole of what is long gets slow, however quick the machine is. */
async function holdsLittle(page) {
  const { text, elements } = await page.evaluate(() => ({
    text: document.body.textContent.length, elements: document.querySelectorAll("*").length,
  }));
  assert.ok(text < 1_000_000, `${text} characters are drawn`);
  assert.ok(elements < 5_000, `${elements} elements are drawn`);
}
