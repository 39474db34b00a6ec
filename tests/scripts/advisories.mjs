// `npm run advisories`: known vulnerabilities of dependencies, where the database can be reached.

import { spawnSync } from "node:child_process";
import { needDeny, needToBuild, root } from "./setup.mjs";

needToBuild();
needDeny();
const done = spawnSync("cargo", ["deny", "--locked", "check", "advisories"], { cwd: root, encoding: "utf8" });
const text = `${done.stdout}${done.stderr}`;
process.stdout.write(text);
if (done.status !== 0 && /failed to fetch advisory database/i.test(text)) {
  console.log("advisories: NOT RUN, the advisory database cannot be reached from here");
  process.exit(0);
}
process.exit(done.status ?? 1);
