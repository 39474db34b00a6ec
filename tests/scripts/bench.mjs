// `npm run bench`: one table of our figures beside the machine's floors, taken in the same run.

import { buildRelease, run } from "./setup.mjs";

const binary = buildRelease();
// Without the failing calls of the fault suites, which no build has that people run.
const bench = ["--release", "--locked", "-p", "conductor-tests", "--no-default-features", "--bin", "bench"];
run("cargo", ["build", ...bench]);
run("cargo", ["run", "-q", ...bench, "--", ...process.argv.slice(2)], {
  env: { ...process.env, CONDUCTOR_BENCH_BINARY: binary },
});
