// The installed package, as a person meets it: started from the menu, with a shell of their own, and links.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "../scripts/served.mjs";
import { Desk, app, runAgent } from "./desk.mjs";

const ENTRIES = "/usr/share/applications";
const entry = readdirSync(ENTRIES).map((name) => join(ENTRIES, name))
  .find((path) => path.endsWith(".desktop") && readFileSync(path, "utf8").includes("Exec=conductor-desktop"));

test("what is installed is whole", () => {
  assert.ok(existsSync(app) && existsSync(runAgent));
  const valid = spawnSync("desktop-file-validate", [entry], { encoding: "utf8" });
  assert.equal(valid.status, 0, valid.stdout);
  const [, icon] = readFileSync(entry, "utf8").match(/^Icon=(.+)$/m);
  assert.ok(existsSync(`/usr/share/icons/hicolor/128x128/apps/${icon}.png`), icon);
});

test("started from its entry it finds an agent that only .bashrc puts on the path, and links lead to it", { timeout: 120_000 }, async () => {
  const desk = new Desk();
  try {
    const claude = desk.program(".local/bin/claude", "#!/bin/sh\necho '2.0.0 (Claude Code)'\n");
    desk.write(".bashrc", 'export PATH="$HOME/.local/bin:$PATH"\n');
    // The driver takes the end of what it has started for the end of the app.
    desk.launcher = desk.program("launch", `#!/bin/sh\ngio launch "${entry}"\nuntil pgrep -x conductor-deskt >/dev/null; do sleep 0.1; done\nwhile pgrep -x conductor-deskt >/dev/null; do sleep 0.2; done\n`);
    await desk.open();
    await desk.browse();
    const { items } = await desk.ask("GET", "/api/v1/agents");
    const found = items.find(({ agent }) => agent === "claude");
    assert.deepEqual([found.path, found.version], [claude, "2.0.0"]);

    const link = "conductor://task/shop/task-20261129-101500-none";
    assert.equal(spawnSync("xdg-open", [link], { env: desk.env }).status, 0);
    const place = () => desk.window.executeScript("return location.pathname");
    await until("the page to go there", async () => (await place()).startsWith("/tasks/shop/"));
    assert.equal(desk.processes(app).length, 1, "the link came to the app that was there");
  } finally {
    await desk.end();
  }
});

test("the program beside it runs the demo", { timeout: 120_000 }, async () => {
  const desk = new Desk();
  try {
    const demo = spawnSync(runAgent, ["demo"], { env: desk.env, cwd: desk.folder, encoding: "utf8" });
    assert.equal(demo.status, 0, demo.stdout + demo.stderr);
  } finally {
    await desk.end();
  }
});
