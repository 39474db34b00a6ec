// `npm run bench:ui [-- page live window]`: figures of the dashboard beside those of the design. `page`: long transcripts
// and logs over a core in memory; `live`: 24 agents of a server; `window`: the app. Fails where one is missed. With
// $CONDUCTOR_PROGRAMS the programs in that folder are measured.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { onDisplay } from "./display.mjs";
import { buildDesktop, buildUi, fail, needBrowser, needDisplay, needModules, needUi, root, ui } from "./setup.mjs";

const PARTS = {
  page: () => {
    needUi();
    buildUi();
    // What a first visit loads.
    return Math.max(node(join(ui, "scripts", "size.mjs"), ui), node(join(ui, "scripts", "bench.mjs"), ui));
  },
  live: () => node(join(root, "tests", "browser", "live.bench.mjs")),
  window: () => {
    needDisplay();
    const env = { CONDUCTOR_PROGRAMS: process.env.CONDUCTOR_PROGRAMS ?? dirname(buildDesktop()) };
    return onDisplay([process.execPath, join(root, "tests", "desktop", "window.bench.mjs")], env, "1440x1700");
  },
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
const unknown = chosen.filter((part) => !(part in PARTS));
if (unknown.length > 0) fail(`${unknown.join(", ")}: no such part`, `parts are ${Object.keys(PARTS).join(", ")}`);
needModules();
needBrowser();
process.exit(Math.max(...chosen.map((part) => PARTS[part]())));

/** Runs a script; its exit code. */
function node(script, cwd = root) {
  return spawnSync(process.execPath, [script], { cwd, stdio: "inherit" }).status ?? 1;
}
