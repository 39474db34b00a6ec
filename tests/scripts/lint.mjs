// `npm run lint`: the dashboard, formatting, clippy with warnings denied, dependencies, and the core without
// faces.

import { spawnSync } from "node:child_process";
import { fail, needDeny, needDesktop, needToBuild, needUi, root, run, ui } from "./setup.mjs";

needUi();
run("npm", ["run", "--silent", "types:check"], { cwd: ui });
run("npm", ["run", "--silent", "lint"], { cwd: ui });
needToBuild();
needDesktop();
run("cargo", ["fmt", "--all", "--check"]);
run("cargo", ["clippy", "--locked", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]);
run("cargo", ["check", "--locked", "-p", "conductor-core", "--no-default-features"]);
faceless();
needDeny();
run("cargo", ["deny", "--locked", "check", "licenses", "bans", "sources"]);

/** The core alone must pull no face: neither clap nor axum. */
function faceless() {
  const args = ["tree", "--locked", "-p", "conductor-core", "--no-default-features", "-e", "normal", "--prefix", "none"];
  const tree = spawnSync("cargo", args, { cwd: root, encoding: "utf8" });
  if (tree.status !== 0) fail(`cargo tree failed: ${tree.stderr}`);
  const faces = tree.stdout.split("\n").filter((line) => /^(clap|axum|tauri)(_\w+)? v/.test(line));
  if (faces.length > 0) fail(`conductor-core without features pulls ${faces.join(", ")}`);
}
