// `npm run test:agents`: the real claude, codex and gemini against stand-ins for their model servers. It
// downloads the agents (pinned) once; nothing of the tests themselves leaves this machine. Arguments go to
// nextest: `npm run test:agents -- -E 'test(codex)'`.

import { installAgents } from "../agents/install.mjs";
import { needGit, needNextest, needPython, needToBuild, run } from "./setup.mjs";

needToBuild();
needGit();
needNextest();
needPython();
const agents = installAgents(process.env.CONDUCTOR_TEST_AGENTS || undefined);

const profile = process.env.CI ? ["--profile", "ci"] : [];
// An agent is a node process or two of some hundred megabytes: more than two at once only wait.
const args = ["--locked", "--workspace", "--all-features", "--test", "real_agents", "--test-threads", "2"];
run("cargo", ["build", "--locked", "--workspace", "--all-features", "--bins"]);
run("cargo", ["nextest", "run", "--ignore-default-filter", ...args, ...profile, ...process.argv.slice(2)], {
  env: { ...process.env, CONDUCTOR_TEST_AGENTS: agents },
});
