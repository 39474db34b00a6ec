// `npm run bench` and `npm run bench:server`: one table of our figures beside the machine's floors, taken in
// the same run.

import { buildRelease, run } from "./setup.mjs";

const [first, ...others] = process.argv.slice(2);
const isServer = first === "server";
const words = isServer || first === undefined ? others : [first, ...others];
const binary = buildRelease();
// Without the failing calls of the fault suites, which no build has that people run.
const program = isServer ? "bench-server" : "bench";
const bench = ["--release", "--locked", "-p", "conductor-tests", "--no-default-features", "--bin", program];
run("cargo", ["build", ...bench]);
run("cargo", ["run", "-q", ...bench, "--", ...words], { env: { ...process.env, CONDUCTOR_BENCH_BINARY: binary } });
