// The settings, on a real server: what is read is what holds, what is changed is changed after its second step.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard, confirm, until } from "./dashboard.mjs";

let board;
let page;
before(async () => {
  board = await Dashboard.start();
  page = await board.open("/settings");
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

const go = (part) => page.getByRole("navigation", { name: "Parts of the settings" }).getByText(part).click();

test("agents are shown as found, and the machine as doctor finds it", async () => {
  await page.getByRole("region", { name: "Found here" }).getByText("scripted").waitFor();
  const { items } = await board.served.ask("GET", "/api/v1/doctor");
  const machine = page.getByRole("region", { name: "This machine" });
  for (const { text } of items) await machine.getByText(text.split("`")[0].trim()).first().waitFor();
});

test("a limit says where it comes from and how it is changed", async () => {
  await go("Limits");
  const values = page.getByRole("region", { name: "Values" });
  await values.getByText("conductor.yaml:1").first().waitFor();
  await page.getByRole("button", { name: /change agents at work at once/ }).click();
  await values.getByText("CONDUCTOR_DEFAULTS_MAX_RUNNING=8").waitFor();
});

test("a token is made, shown once, used, and taken back after a second step", async () => {
  await go("Other devices");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("not a name!");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("alert").getByText(/cannot be the name/).waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("reader");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText("The token reader, shown this once").waitFor();
  const token = await page.locator("code", { hasText: /^conductor_/ }).innerText();
  const ask = () => fetch(`${board.served.url}/api/v1/tasks`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask()).status, 200);
  await page.getByRole("button", { name: "I have it" }).click();
  assert.equal(await page.getByText(token).count(), 0);
  await page.getByRole("button", { name: "Take back… reader" }).click();
  assert.equal((await ask()).status, 200, "not before the second step");
  await confirm(page, "Take it back");
  await until("the token to open nothing", async () => (await ask()).status === 401);
});

test("a link for another device lets one in", async () => {
  await go("Other devices");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.locator("code", { hasText: "#ticket=" }).innerText();
  const other = await board.blank();
  await other.goto(`${board.served.url}/${new URL(link).hash}`);
  await other.getByRole("banner").getByText("Live").waitFor();
  await other.context().close();
});

test("what nobody needs is shown first, and deleted after a second step", async () => {
  const task = await board.make("say hello");
  await board.is(task, "completed");
  await board.served.ask("POST", `${task.api}/archive`, { archived: true });
  await go("Storage");
  await page.getByRole("textbox", { name: /days ago/ }).fill("0");
  await page.getByRole("button", { name: "See what would go" }).click();
  await page.getByText(`demo/${task.task}`).waitFor();
  await board.served.ask("GET", task.api);
  await page.getByRole("button", { name: /^Delete/ }).click();
  await confirm(page, "Delete for good");
  await page.getByText(/deleted, .* free/).waitFor();
  await assert.rejects(board.served.ask("GET", task.api), /404/);
});

test("theme, density and keys are kept", async () => {
  await go("Appearance");
  await page.getByRole("button", { name: "Dark" }).click();
  await page.getByRole("button", { name: "Airy" }).click();
  await go("Keys");
  await page.getByRole("button", { name: "Change the key of New task" }).click();
  await page.keyboard.press("x");
  await page.reload();
  const set = await page.evaluate(() => ({ ...document.documentElement.dataset }));
  assert.equal(set.theme, "dark");
  assert.equal(set.density, "airy");
  await page.getByRole("navigation", { name: "Parts of the settings" }).waitFor();
  await page.keyboard.press("x");
  await page.waitForURL(/\/new$/);
});

test("files open in the editor whose address is set", async () => {
  await page.goto(`${board.served.url}/settings/editor`);
  await page.getByRole("combobox", { name: "Editor" }).selectOption({ label: "VS Code" });
  await page.getByRole("button", { name: "Try it" }).waitFor();
  const opened = await page.evaluate(() => {
    let address;
    HTMLAnchorElement.prototype.click = function () {
      address = this.href;
    };
    return new Promise((resolve) => {
      document.addEventListener("click", () => setTimeout(() => resolve(address), 100), { once: true });
      [...document.querySelectorAll("button")].find(({ innerText }) => innerText === "Try it").click();
    });
  });
  assert.match(opened, /^vscode:\/\/file\/.*conductor-served-.*root/);
  assert.ok(!opened.includes("{"));
});
