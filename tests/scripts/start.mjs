// `npm start`: installs what is missing, builds, and opens the dashboard: in a window where there is a display, else in
// the browser, by a link that is printed. Arguments go to run-agent instead: `npm start -- demo`.

import { spawnSync } from "node:child_process";
import { buildDesktop, buildRelease, needGit } from "./setup.mjs";

needGit();
const args = process.argv.slice(2);
const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const [program, words] = chosen();
const done = spawnSync(program, words, { stdio: "inherit" });
process.exit(done.status ?? 1);

/** The program to run, built, and its arguments. */
function chosen() {
  if (args.length > 0) return [buildRelease(), args];
  const program = hasDisplay ? buildDesktop() : buildRelease();
  console.log("To watch it work, without a key and without network: npm start -- demo");
  return hasDisplay ? [program, []] : [program, ["serve", "--print-url"]];
}
