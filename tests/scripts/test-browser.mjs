// `npm run test:browser`: a server and a real browser. Arguments go to node's test runner:
// `npm run test:browser -- --test-name-pattern 24`. `npm run test:controls` presses every control on every page instead.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { buildUi, needBrowser, needModules, needToBuild, root, run } from "./setup.mjs";

needToBuild();
needModules();
needBrowser();
buildUi();
const [first, ...rest] = process.argv.slice(2);
const [kind, args] = first === "--controls" ? [".walk.mjs", rest] : [".test.mjs", process.argv.slice(2)];
const folder = join(root, "tests", "browser");
const files = readdirSync(folder).filter((name) => name.endsWith(kind)).map((name) => join(folder, name));
run(process.execPath, ["--test", ...args, ...files]);
