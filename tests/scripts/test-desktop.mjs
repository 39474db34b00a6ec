// `npm run test:desktop`: the real window on a display and a session bus of its own, driven by WebKitWebDriver. Arguments
// go to node's test runner: `npm run test:desktop -- --test-name-pattern tray`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needDisplay, needModules, needToBuild, root, run } from "./setup.mjs";

needToBuild();
needDisplay();
needModules();
// The page is a stand-in where no dashboard was built: what is tested here is around it.
const page = existsSync(join(root, "ui", "dist", "index.html")) ? "../ui/dist" : "../tests/desktop/page";
const TAURI_CONFIG = JSON.stringify({ build: { frontendDist: page } });
const build = ["build", "--locked", "--workspace", "--all-features", "--bins"];
run("cargo", build, { env: { ...process.env, TAURI_CONFIG } });

const folder = join(root, "tests", "desktop");
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
const runtime = mkdtempSync(join(tmpdir(), "conductor-display-"));
const display = ["-a", "-s", "-screen 0 1280x800x24"];
const tests = [process.execPath, "--test", "--test-concurrency=1", ...process.argv.slice(2), ...files];
const done = spawnSync("dbus-run-session", ["--", "xvfb-run", ...display, ...tests], {
  stdio: "inherit", env: { ...process.env, XDG_RUNTIME_DIR: runtime, GDK_BACKEND: "x11" },
});
rmSync(runtime, { recursive: true, force: true });
process.exit(done.status ?? 1);
