// `npm run test:browser`: a server and a real browser. Arguments go to node's test runner:
// `npm run test:browser -- --test-name-pattern 24`.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildDashboard, needBrowser, needModules, needToBuild, root, run } from "./setup.mjs";

needToBuild();
needModules();
needBrowser();
buildDashboard();
const folder = join(root, "tests", "browser");
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
run(process.execPath, ["--test", ...process.argv.slice(2), ...files]);
