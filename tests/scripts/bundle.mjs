// `npm run desktop:bundle`: the packages of the desktop app, with run-agent in them. Arguments go to tauri:
// `npm run desktop:bundle -- --bundles deb`. With `--debug` they are made of a quick build: for tests.

import { join } from "node:path";
import { needBundler, needModules, needToBuild, needUi, root, run } from "./setup.mjs";

const args = process.argv.slice(2);
needToBuild();
needBundler();
needModules();
needUi();
run("npx", ["--no-install", "tauri", "build", ...args, ...(args.includes("--debug") ? ["--config", quick()] : [])]);

/** What tauri.conf.json says of a release, for a quick build. */
function quick() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const files = { "/usr/bin/run-agent": join(target, "debug", "run-agent") };
  const script = "cargo build --locked -p conductor-core --features cli,server";
  return JSON.stringify({
    build: { beforeBundleCommand: { script, cwd: ".." } },
    bundle: { linux: { deb: { files }, rpm: { files } } },
  });
}
