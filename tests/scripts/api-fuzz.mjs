// `npm run test:api`: schemathesis holds a server against docs/openapi.json: no defect of the server, and no answer
// that the description does not have. The server has a root of its own, in a folder that is removed, and one agent
// that says "done" at once. Arguments go to schemathesis: `npm run test:api -- --include-tag tasks`.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Served, buildProgram, until } from "./served.mjs";
import { fail, needToBuild, needVenv, root, run } from "./setup.mjs";

const SCHEMATHESIS = "schemathesis==4.32.5";
/** Seconds for all of it, the build aside. */
const LIMIT = 300;
/** What every answer is held against. That every body which the schemas allow is accepted is not promised: names,
    cursors and folders have to exist. */
const CHECKS = [
  "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
  "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
  "ignored_auth", "use_after_free",
];

needToBuild();
needVenv();
const program = buildProgram();
const served = new Served(program, { fast: { type: "command", command: [program, "done"] } }, { agent: "fast", max_running: 1 });
try {
  const tool = install();
  if (tool) {
    await served.start();
    process.exitCode = await fuzz(tool, await seed());
  } else {
    console.log("NOT RUN: the description held against a server (PyPI, which has schemathesis, cannot be reached)");
  }
} finally {
  await served.end();
}

/** Puts schemathesis into a folder of its own; none where its source cannot be reached. */
function install() {
  const venv = join(served.folder, "venv");
  run("python3", ["-m", "venv", venv]);
  const pip = spawnSync(join(venv, "bin", "pip"), ["install", "--quiet", "--retries", "1", SCHEMATHESIS], {
    encoding: "utf8", env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  });
  if (pip.status === 0) return join(venv, "bin", "schemathesis");
  if (/Retrying \(|NewConnectionError|Temporary failure/.test(pip.stderr)) return undefined;
  fail(`failed to install ${SCHEMATHESIS}: ${pip.stderr}`);
}

/** What names in paths mean: one task with a run, a message and an attention item; others may be deleted. */
async function seed() {
  const make = async (prompt) => {
    const { project, task } = await served.make(prompt);
    const path = `/api/v1/projects/${project}/tasks/${task}`;
    const detail = await until("the task to end", async () => {
      const detail = await served.ask("GET", path);
      return detail.status === "completed" && detail;
    });
    return { path, task, run: detail.run_list[0].run };
  };
  const kept = await make("Stay.");
  const message = await served.ask("POST", `${kept.path}/messages`, { body: "hello" });
  return { project: "demo", task: kept.task, run: kept.run, message: message.msg_id, spare: (await make("Go.")).task };
}

/** Runs schemathesis; its exit code. */
async function fuzz(tool, { project, task, run, message, spare }) {
  const quoted = (value) => JSON.stringify(value);
  const settings = [
    "[parameters]",
    `"path.project" = ${quoted(project)}`, `"path.task" = ${quoted(task)}`, `"path.run" = ${quoted(run)}`,
    "[[operations]]", 'include-path-regex = "/thread$"', `parameters = { "path.id" = ${quoted(message)} }`,
    "[[operations]]", 'include-path-regex = "/runs/.*/files/"', 'parameters = { "path.name" = "agent-stdout.txt" }',
    "[[operations]]", 'include-path-regex = "tasks/.task./files/"', 'parameters = { "path.name" = "TASK.md" }',
    "[[operations]]", 'include-path-regex = "/archive$"', `parameters = { "path.task" = ${quoted(spare)} }`,
    "[[operations]]", 'include-method = "DELETE"', `parameters = { "path.task" = ${quoted(spare)} }`,
  ];
  const config = join(served.folder, "schemathesis.toml");
  writeFileSync(config, `${settings.join("\n")}\n`);
  const args = [
    "--config-file", config, "run", join(root, "docs", "openapi.json"), "--url", served.url,
    "--header", `Authorization: Bearer ${served.token}`, "--checks", CHECKS.join(","), "--phases", "examples,coverage,fuzzing",
    "--max-examples", "10", "--seed", "4", "--workers", "2", "--request-timeout", "30", "--exclude-tag", "streams",
    "--warnings", "off", ...process.argv.slice(2),
  ];
  const child = spawn(tool, args, { cwd: served.folder, env: served.env, stdio: "inherit", timeout: LIMIT * 1000 });
  const [code, signal] = await once(child, "exit");
  if (signal) console.error(`error: schemathesis was ended by ${signal}; it has ${LIMIT} s`);
  return code ?? 1;
}
