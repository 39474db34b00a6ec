// `npm run bench`: one table of our figures beside the machine's floors, taken in the same run.

import { buildRelease, run } from "./setup.mjs";

const binary = buildRelease();
run("cargo", ["build", "--release", "--locked", "-p", "conductor-tests", "--bin", "bench"]);
run("cargo", ["run", "--release", "--locked", "-q", "-p", "conductor-tests", "--bin", "bench", "--", ...process.argv.slice(2)], {
  env: { ...process.env, CONDUCTOR_BENCH_BINARY: binary },
});
