// What a person and an agent say to each other: questions, answers, words, follow-ups, pictures.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard, until } from "./dashboard.mjs";

let board;
before(async () => {
  board = await Dashboard.start();
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

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

test("a question that nobody answers goes away when its card said, and the agent goes on with the default", async () => {
  const page = await board.open();
  const needs = page.getByRole("region", { name: "Needs you" });
  const task = await board.make("ask-in-vain");
  const card = needs.getByRole("article").filter({ hasText: "ask-in-vain" });
  const told = await card.getByText(/^“oak” by itself at /).innerText();
  const { question } = await board.served.ask("GET", task.api);
  assert.equal(told, `“oak” by itself at ${clock(question.default_at)}`);
  await page.goto(board.served.url + task.path);
  await page.getByRole("heading").getByText(told).waitFor();

  await card.waitFor({ state: "hidden", timeout: 90_000 });
  assert.ok(Date.now() >= Date.parse(question.default_at), "not before its time");
  await page.getByText("painting it oak").first().waitFor();
  await board.is(task, "completed");
  await page.getByRole("tab", { name: "Messages" }).click();
  await page.getByText("Answered: oak by itself").waitFor();
  await page.context().close();
});

test("what is told now interrupts the turn", async () => {
  board.unlet("turn");
  const task = await board.atWork(await board.make("hear-me at once"));
  const page = await board.open(task.path);
  await page.getByText("listening").first().waitFor();
  await page.getByRole("textbox", { name: "Message to the agent" }).fill("use green");
  await page.getByRole("button", { name: "Interrupt and send now" }).click();
  // Nothing but the word ends this turn.
  await page.getByText("heard green").first().waitFor();
  const { run_list: runs } = await board.is(task, "completed");
  assert.deepEqual(runs.map(({ status }) => status), ["stopped", "completed"]);
  await page.getByTitle("Your last message").filter({ hasText: /^Read/ }).waitFor();
  await page.getByRole("tab", { name: "Messages" }).click();
  await page.getByRole("tabpanel").getByText(/^read .* · interrupted the turn$/).waitFor();
  await page.context().close();
});

test("a follow-up on a finished task goes on in the same session", async () => {
  const prompt = "Paint the door\n\n@@1\n@say one coat is on\n@done painted\n@@2\n@say two coats are on\n@done painted twice";
  const task = await board.make(prompt, { agent: "remembers" });
  const before = await board.is(task, "completed");
  const page = await board.open(task.path);
  await page.getByText("one coat is on").first().waitFor();
  const evidence = page.getByRole("region", { name: /^Evidence/ });
  await evidence.getByRole("button", { name: /^Evidence/ }).click();
  const session = evidence.locator("dt", { hasText: /^Session$/ }).locator("+ dd code");
  const first = await session.innerText();
  const composer = page.getByPlaceholder(/goes on with the same session/);
  await composer.fill("Another coat, please");
  await page.getByRole("button", { name: /Send as follow-up/ }).click();

  await page.getByText("two coats are on").first().waitFor();
  await page.getByText("one coat is on").first().waitFor();
  const now = await board.is(task, "completed");
  assert.equal(now.run_list.length, before.run_list.length + 1);
  const run = now.run_list.at(-1).run;
  const told = await board.served.ask("GET", `${task.api}/runs/${run}/files/prompt.md`);
  assert.match(told, /Your session goes on/);
  assert.match(told, /> Another coat, please/);
  await evidence.getByText(`…${run.slice(-8)}`).waitFor();
  assert.equal(await session.innerText(), first);
  assert.match(first, /^[0-9a-f-]{36}$/);
  assert.equal(new URL(page.url()).pathname, task.path, "the same task");
  await page.context().close();
});

test("pictures are pasted, dropped and chosen; the agent finds them where its prompt says", async () => {
  board.unlet("turn");
  const task = await board.atWork(await board.make("hear-me with pictures"));
  const page = await board.open(task.path);
  await page.getByText("listening").first().waitFor();
  const composer = page.getByRole("textbox", { name: "Message to the agent" });
  await give(composer, "paste", "pasted.png");
  await give(composer, "drop", "dropped.png");
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"), page.getByRole("button", { name: "Attach files" }).click(),
  ]);
  await chooser.setFiles(["chosen.png", "not-this.png"].map((name) => ({ name, mimeType: "image/png", buffer: PIXEL })));
  await page.getByRole("button", { name: "Remove not-this.png" }).click();
  const names = ["pasted.png", "dropped.png", "chosen.png"];
  for (const name of names) await page.getByRole("listitem").filter({ hasText: `${name}70 B` }).waitFor();
  assert.equal(await drawn(page.getByRole("listitem").locator("img")), 3);
  await composer.fill("Like these");
  await page.getByRole("button", { name: "Interrupt and send now" }).click();

  for (const name of names) await page.getByText(new RegExp(`given ${PIXEL.length} bytes as .*${name}`)).first().waitFor();
  await board.is(task, "completed");
  await page.getByRole("tab", { name: "Messages" }).click();
  const message = page.getByRole("log").getByRole("article").filter({ hasText: "Like these" });
  for (const name of names) await message.getByRole("img", { name }).waitFor();
  await until("the pictures to be drawn", async () => (await drawn(message.getByRole("img"))) === 3);
  await message.getByRole("link", { name: /pasted\.png/ }).click();
  await page.waitForURL(/\/files\?file=/);
  await page.getByRole("img", { name: /pasted\.png/ }).first().waitFor();
  await page.context().close();
});

/** The time of day as the page writes it. */
function clock(time) {
  const at = new Date(time);
  return [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** A picture of one pixel. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64",
);

/** Pastes the picture into a field, or drops it there. */
function give(field, how, name) {
  return field.evaluate((element, { how, name, base64 }) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, { type: "image/png" }));
    const more = { bubbles: true, cancelable: true };
    element.dispatchEvent(
      how === "paste" ? new ClipboardEvent(how, { ...more, clipboardData: data }) : new DragEvent(how, { ...more, dataTransfer: data }),
    );
  }, { how, name, base64: PIXEL.toString("base64") });
}

/** How many of some pictures the browser has drawn. */
function drawn(pictures) {
  return pictures.evaluateAll((all) => all.filter((each) => each.complete && each.naturalWidth > 0).length);
}
