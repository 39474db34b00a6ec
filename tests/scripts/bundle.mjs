// `npm run desktop:bundle`: the packages of the desktop app, with run-agent in them. Arguments go to tauri:
// `npm run desktop:bundle -- --bundles deb`.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fail, needBundler, needModules, needToBuild, root, run } from "./setup.mjs";

needToBuild();
needBundler();
needModules();
if (!existsSync(join(root, "ui", "package.json")) && !existsSync(join(root, "ui", "dist", "index.html"))) {
  fail("there is no dashboard to be put into the package", "ui/ holds its sources, or ui/dist what was built of them");
}
run("npx", ["--no-install", "tauri", "build", ...process.argv.slice(2)]);
