// `npm start`: installs what is missing, builds, and does the main job: the demo.
// Arguments go to run-agent instead: `npm start -- task --prompt "…"`.

import { spawnSync } from "node:child_process";
import { buildRelease, needGit } from "./setup.mjs";

needGit();
const binary = buildRelease();
const args = process.argv.slice(2);
const done = spawnSync(binary, args.length > 0 ? args : ["demo"], { stdio: "inherit" });
process.exit(done.status ?? 1);
