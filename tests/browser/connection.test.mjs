// How the dashboard stands with its server: cut, restarted, asleep, by a token that may look, by a link that is used up.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Dashboard, until } from "./dashboard.mjs";

let board;
let task;
before(async () => {
  board = await Dashboard.start();
  task = await board.atWork(await board.make("work-on the server"));
});
after(() => board?.end());
afterEach(() => assert.deepEqual(board.trouble.splice(0), []));

/** The lines of the agent that the page shows. */
const lines = async (page) => {
  const text = await page.getByRole("main").innerText();
  return [...text.matchAll(/line (\d+) of work/g)].map((found) => Number(found[1]));
};

test("the server is killed and started again under the page: it says so, and heals", { timeout: 120_000 }, async () => {
  const page = await board.open(task.path);
  const status = page.getByRole("banner").getByRole("status");
  await page.getByText(/line \d+ of work/).first().waitFor();
  const before = Math.max(...(await lines(page)));
  const port = new URL(board.served.url).port;
  await board.served.kill();
  await status.getByText("Offline").waitFor();
  await page.getByText(/Agents go on working/).waitFor();
  await board.served.start(port);
  await status.getByText("Live").waitFor({ timeout: 60_000 });
  await until("later lines", async () => Math.max(...(await lines(page))) > before + 3);
  const seen = (await lines(page)).filter((line) => line > before - 3);
  assert.deepEqual([...new Set(seen)].length, seen.length, "no line twice");
  // What happens from now on is followed, too.
  await board.make("hear-me again");
  await page.getByRole("tree").getByText("hear-me-again").waitFor();
  await page.context().close();
});

test("after two hours of sleep it is as the core is", { timeout: 120_000 }, async () => {
  const page = await board.blank();
  await page.clock.install();
  let streams = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/stream")) streams += 1;
  });
  const link = new URL(board.served.command("token", "link").split("\n")[0]);
  await page.goto(`${board.served.url}/${link.hash}`);
  const status = page.getByRole("banner").getByRole("status");
  await status.getByText("Live").waitFor();
  await page.clock.fastForward("02:00:00");
  const slept = await board.make("say goodbye");
  await board.is(slept, "completed");
  await page.getByRole("tree").getByText(/say-goodbye|1 finished|finished/).first().waitFor();
  await until("the stream to be opened anew", () => streams > 1);
  await status.getByText("Live").waitFor({ timeout: 60_000 });
  await page.context().close();
});

test("a token that may look has nothing that changes anything", async () => {
  const told = board.served.command("token", "add", "phone", "--read", "--json");
  const { token } = JSON.parse(told);
  const page = await board.blank();
  await page.goto(board.served.url + task.path);
  await page.getByRole("heading", { name: "This page needs a link" }).waitFor();
  await page.getByText("run-agent token link", { exact: true }).waitFor();
  await page.getByRole("textbox").or(page.getByLabel("Link or token")).first().fill(token);
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("Look only").waitFor();
  await page.getByText(/line \d+ of work/).first().waitFor();
  for (const name of [/^Stop/, /^Pause/, /^New task/]) {
    assert.equal(await page.getByRole("button", { name }).count(), 0, String(name));
  }
  assert.equal(await page.getByRole("textbox", { name: "Message to the agent" }).count(), 0);
  await page.goto(`${board.served.url}/settings`);
  const parts = page.getByRole("navigation", { name: "Parts of the settings" });
  await parts.getByText("Agents").waitFor();
  assert.equal(await parts.getByText("All settings in force").count(), 0);
  board.served.command("token", "revoke", "phone");
  await page.goto(board.served.url + task.path);
  await page.getByRole("heading", { name: /not taken any more/ }).waitFor();
  await page.context().close();
});

test("a link works once, and says how to get another", async () => {
  const link = new URL(board.served.command("token", "link").split("\n")[0]);
  const [first, second] = [await board.blank(), await board.blank()];
  await first.goto(`${board.served.url}/${link.hash}`);
  await first.getByRole("banner").waitFor();
  assert.equal(new URL(first.url()).hash, "", "the ticket does not stay in the address");
  await second.goto(`${board.served.url}/${link.hash}`);
  await second.getByRole("heading", { name: "This link has expired" }).waitFor();
  await second.getByText("run-agent token link", { exact: true }).waitFor();
  const fresh = board.served.command("token", "link").split("\n")[0];
  await second.getByLabel("Link or token").fill(fresh);
  await second.getByRole("button", { name: "Open" }).click();
  await second.getByRole("banner").getByText("Live").waitFor();
  for (const page of [first, second]) await page.context().close();
});
