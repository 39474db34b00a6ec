// `npm run test:deb`: installs the package that `npm run desktop:bundle -- --bundles deb` has made, uses it as a person
// does (tests/desktop/installed.mjs), and removes it again: nothing stays but what the person has.

import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onDisplay } from "./display.mjs";
import { answers, fail, needDisplay, needModules, root, run } from "./setup.mjs";

needDisplay();
needModules();
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const folder = join(target, "release", "bundle", "deb");
const [deb] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".deb")) : [];
if (!deb) fail(`there is no package in ${folder}`, "npm run desktop:bundle -- --bundles deb");
const name = read("dpkg-deb", "--field", join(folder, deb), "Package");
if (answers("dpkg", ["--status", name])) fail(`${name} is installed here`, `this installs and removes it: sudo dpkg --remove ${name}`);

asRoot("dpkg", "--install", join(folder, deb));
const files = read("dpkg", "--listfiles", name).split("\n").filter((path) => !lstatSync(path).isDirectory());
const tests = [process.execPath, "--test", join(root, "tests", "desktop", "installed.mjs")];
const status = onDisplay(tests, { CONDUCTOR_PROGRAMS: "/usr/bin" });
asRoot("dpkg", "--remove", name);
const left = files.filter((path) => existsSync(path));
if (left.length > 0) fail(`after its removal there is still ${left.join(", ")}`);
console.log(`${name}: ${files.length} files came and went`);
process.exit(status);

function asRoot(...words) {
  const [command, ...args] = process.getuid() === 0 ? words : ["sudo", ...words];
  run(command, args);
}

function read(command, ...args) {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.status !== 0) fail(`${command} ${args.join(" ")}: ${done.stderr}`);
  return done.stdout.trim();
}
