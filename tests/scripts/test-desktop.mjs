// `npm run test:desktop`: the real window on a display and a session bus of its own, driven by WebKitWebDriver. Arguments
// go to node's test runner: `npm run test:desktop -- --test-name-pattern tray`.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onDisplay } from "./display.mjs";
import { needDisplay, needModules, needToBuild, root, run } from "./setup.mjs";

needToBuild();
needDisplay();
needModules();
// Where no dashboard was built a stand-in is the page: most of what is tested here is around it.
const hasDashboard = existsSync(join(root, "ui", "dist", "index.html"));
const TAURI_CONFIG = JSON.stringify({ build: { frontendDist: hasDashboard ? "../ui/dist" : "../tests/desktop/page" } });
const build = ["build", "--locked", "--workspace", "--all-features", "--bins"];
run("cargo", build, { env: { ...process.env, TAURI_CONFIG } });

const folder = join(root, "tests", "desktop");
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
const tests = [process.execPath, "--test", "--test-concurrency=1", ...process.argv.slice(2), ...files];
process.exit(onDisplay(tests, hasDashboard ? { CONDUCTOR_DASHBOARD: "1" } : {}));
