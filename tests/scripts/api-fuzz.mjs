// `npm run test:api`: schemathesis holds a server against docs/openapi.json: no defect of the server, and no answer
// that the description does not have. The server has a root of its own, in a folder that is removed, and one agent
// that says "done" at once. Arguments go to schemathesis: `npm run test:api -- --include-tag tasks`.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fail, needToBuild, needVenv, root, run } from "./setup.mjs";

const SCHEMATHESIS = "schemathesis==4.32.5";
/** Seconds for all of it, the build aside. */
const LIMIT = 180;
/** What every answer is held against. That every body which the schemas allow is accepted is not promised: names,
    cursors and folders have to exist. */
const CHECKS = [
  "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
  "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
  "ignored_auth", "use_after_free",
];

needToBuild();
needVenv();
run("cargo", ["build", "--locked", "--workspace", "--all-features"]);
const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "run-agent");
const folder = mkdtempSync(join(tmpdir(), "conductor-api-"));
const env = environment();
let server;
try {
  const tool = install();
  if (tool) {
    server = await serve();
    process.exitCode = await fuzz(tool, await seed(server));
  } else {
    console.log("NOT RUN: the description held against a server (PyPI, which has schemathesis, cannot be reached)");
  }
} finally {
  if (server) await end(server);
  rmSync(folder, { recursive: true, force: true });
}

/** A world of its own: nothing outside of the folder is read or written. */
function environment() {
  const config = { version: 1, agents: { fast: { type: "command", command: [program, "done"] } } };
  config.defaults = { agent: "fast", max_running: 1 };
  const path = join(folder, "conductor.yaml");
  writeFileSync(path, JSON.stringify(config));
  return {
    PATH: process.env.PATH, LANG: "C.UTF-8", HOME: folder, CONDUCTOR_ROOT: join(folder, "root"), CONDUCTOR_CONFIG: path,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
  };
}

/** Puts schemathesis into a folder of its own; none where its source cannot be reached. */
function install() {
  const venv = join(folder, "venv");
  run("python3", ["-m", "venv", venv]);
  const pip = spawnSync(join(venv, "bin", "pip"), ["install", "--quiet", "--retries", "1", SCHEMATHESIS], {
    encoding: "utf8", env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  });
  if (pip.status === 0) return join(venv, "bin", "schemathesis");
  if (/Retrying \(|NewConnectionError|Temporary failure/.test(pip.stderr)) return undefined;
  fail(`failed to install ${SCHEMATHESIS}: ${pip.stderr}`);
}

/** Starts a server and waits until it answers. */
async function serve() {
  const child = spawn(program, ["serve", "--port", "0", "--json"], { env, stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), once(child, "exit")]);
  if (typeof line !== "string") fail("the server has not started");
  const token = spawnSync(program, ["token", "show"], { env, encoding: "utf8" }).stdout.trim();
  return { child, url: JSON.parse(line).url, token };
}

/** The answer to a request, as JSON. */
async function ask({ url, token }, method, path, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return text ? JSON.parse(text) : undefined;
}

/** What names in paths mean: one task with a run, a message and an attention item; others may be deleted. */
async function seed(server) {
  const make = async (prompt) => {
    const { project, task } = await ask(server, "POST", "/api/v1/tasks", { prompt, project: "demo", cwd: folder });
    const path = `/api/v1/projects/${project}/tasks/${task}`;
    for (;;) {
      const detail = await ask(server, "GET", path);
      if (detail.status === "completed") return { path, task, run: detail.run_list[0].run };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const kept = await make("Stay.");
  const message = await ask(server, "POST", `${kept.path}/messages`, { body: "hello" });
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
  const config = join(folder, "schemathesis.toml");
  writeFileSync(config, `${settings.join("\n")}\n`);
  const args = [
    "--config-file", config, "run", join(root, "docs", "openapi.json"), "--url", server.url,
    "--header", `Authorization: Bearer ${server.token}`, "--checks", CHECKS.join(","), "--phases", "examples,coverage,fuzzing",
    "--max-examples", "10", "--seed", "4", "--workers", "2", "--request-timeout", "30", "--exclude-tag", "streams",
    "--warnings", "off", ...process.argv.slice(2),
  ];
  const child = spawn(tool, args, { cwd: folder, env, stdio: "inherit", timeout: LIMIT * 1000 });
  const [code, signal] = await once(child, "exit");
  if (signal) console.error(`error: schemathesis was ended by ${signal}; it has ${LIMIT} s`);
  return code ?? 1;
}

/** Stops what still runs, then the server. */
async function end(server) {
  const active = await ask(server, "GET", "/api/v1/tasks?active=true&limit=500");
  for (const { project, task } of active?.items ?? []) {
    await ask(server, "POST", `/api/v1/projects/${project}/tasks/${task}/stop`, { force: true });
  }
  server.child.kill("SIGTERM");
  await once(server.child, "exit");
}
