// `npm run faults [ROUNDS] [JOBS]`: the long forms of the fault suites, then so many rounds of the kill
// loop (1,000 unless said), so many at a time (2).

import { needDesktop, needGit, needNextest, needToBuild, run } from "./setup.mjs";

needToBuild();
needDesktop();
needGit();
needNextest();

const [rounds = "1000", jobs = "2"] = process.argv.slice(2);
const env = { ...process.env, CONDUCTOR_FAULTS: "long" };
run("cargo", ["build", "--locked", "--workspace", "--all-features", "--bins"]);
run(
  "cargo",
  ["nextest", "run", "--locked", "-p", "conductor-tests", "--all-features", "--profile", "faults", "-E", "binary(behaviour) & test(/^faults_/)"],
  { env },
);
run("cargo", ["run", "--locked", "-q", "-p", "conductor-tests", "--bin", "kill-loop", "--", rounds, String(Date.now()), jobs], { env });
