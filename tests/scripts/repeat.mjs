// `npm run test:repeat [-- TIMES [SUITE…]]`: the suites in a browser and in the window again and again, ten times unless said.
// It ends at the first failure, and says at the end what was run when.

import { fail, root, run } from "./setup.mjs";

const [times = "10", ...named] = process.argv.slice(2);
const count = Number(times);
if (!Number.isInteger(count) || count < 1) fail(`${times} is no number of times`, "npm run test:repeat -- 3 test:browser");
const suites = named.length > 0 ? named : ["test:browser", "test:controls", "test:desktop"];

const begun = new Date();
for (let time = 1; time <= count; time++) {
  for (const suite of suites) {
    console.error(`repeat: ${suite}, ${time} of ${count}`);
    run("npm", ["run", "--silent", suite], { cwd: root });
  }
}
console.log(`${suites.join(", ")}: ${count} times in a row, ${begun.toISOString()} to ${new Date().toISOString()}`);
