// What every command needs before it can do its work: tools that are missing are named, with the
// reason, before they are installed. Nothing is installed that is already there.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const ui = join(root, "ui");

const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
process.env.PATH = `${process.env.PATH}${delimiter}${join(cargoHome, "bin")}`;

/** Runs a command with its output shown; ends this process with its code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (done.error) fail(`failed to start ${command}: ${done.error.message}`);
  if (done.signal) fail(`${command} was ended by ${done.signal}`);
  if (done.status !== 0) process.exit(done.status);
}

/** Whether a command exists and answers with success. */
export function answers(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Ends this process with one line for a person. */
export function fail(message, hint) {
  console.error(`error: ${message}`);
  if (hint) console.error(`hint: ${hint}`);
  process.exit(1);
}

/** Says what is missing and why it is needed, then installs it. */
export function need(what, why, isThere, install) {
  if (isThere()) return;
  console.error(`setup: ${what} is missing; it ${why}. Installing it now.`);
  install();
  if (!isThere()) fail(`${what} is still missing after its installation`);
}

/** Installs Debian packages, as root or through sudo. */
function apt(...packages) {
  if (!answers("apt-get", ["--version"])) {
    fail(`this needs ${packages.join(", ")}`, "install them with your package manager, then run this again");
  }
  const root = process.getuid() === 0;
  const command = root ? "apt-get" : "sudo";
  const prefix = root ? [] : ["apt-get"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync(command, [...prefix, "update", "-qq"], { stdio: "inherit", env });
  run(command, [...prefix, "install", "-y", "-qq", ...packages], { env });
}

/** Rust, a C compiler (SQLite is built from source) and git. */
export function needToBuild() {
  if (!answers("cargo", ["--version"])) {
    fail("cargo is missing", "install Rust 1.89 or newer from https://rustup.rs, then run this again");
  }
  need("a C compiler", "builds SQLite", () => answers("cc", ["--version"]), () => apt("gcc", "libc6-dev"));
}

/** Debian's packages of which these do not stand on this machine. */
function absent(packages) {
  return packages.filter((name) => !answers("dpkg", ["--status", name]));
}

/** Installs packages that are missing, as they are named with their reasons: `{package: reason}`. */
function needPackages(reasons) {
  if (!answers("dpkg", ["--version"])) return;
  for (const name of absent(Object.keys(reasons))) console.error(`setup: ${name} is missing; it ${reasons[name]}.`);
  const missing = absent(Object.keys(reasons));
  if (missing.length > 0) apt("--no-install-recommends", ...missing);
}

/** What the desktop app is compiled with. */
export function needDesktop() {
  needPackages({ "libwebkit2gtk-4.1-dev": "is the window that the desktop app is compiled with" });
}

/** What its packages are made with. */
export function needBundler() {
  needDesktop();
  needPackages({ "libayatana-appindicator3-dev": "tells the bundler which library for tray icons the package depends on" });
}

/** What its window is tested with. */
export function needDisplay() {
  needDesktop();
  needPackages({
    xvfb: "is a display without a screen",
    xauth: "lets programs use that display",
    dbus: "is a session bus of the test's own",
    "webkit2gtk-driver": "drives the page in the window",
    "libayatana-appindicator3-1": "shows an icon in the tray",
    xdotool: "tells which windows are shown",
    "fonts-dejavu-core": "has letters",
    "python3-dbus": "is the stand-in for a panel and a notification service",
    "python3-gi": "runs that stand-in",
    "xdg-utils": "opens links",
    "libglib2.0-bin": "starts desktop entries",
    "desktop-file-utils": "knows which app a link is for",
    procps: "tells which processes are left",
  });
}

/** git, which agents' work folders, the demo and the tests use. */
export function needGit() {
  need("git", "keeps the work of agents", () => answers("git", ["--version"]), () => apt("git"));
}

/** Builds a tool in its quickest form: it is used a few times, and built on machines that have nothing yet. */
function cargoInstall(tool) {
  const env = { ...process.env, CARGO_PROFILE_DEV_DEBUG: "0", CARGO_PROFILE_DEV_OPT_LEVEL: "0" };
  run("cargo", ["install", "--locked", "--debug", tool], { env });
}

/** The test runner. */
export function needNextest() {
  need(
    "cargo-nextest",
    "runs the test suite",
    () => answers("cargo", ["nextest", "--version"]),
    () => cargoInstall("cargo-nextest"),
  );
}

/** The checker of licences, bans and sources. */
export function needDeny() {
  need(
    "cargo-deny",
    "checks licences and sources of dependencies",
    () => answers("cargo", ["deny", "--version"]),
    () => cargoInstall("cargo-deny"),
  );
}

/** Python 3, which runs the stand-ins for model servers. */
export function needPython() {
  need("python3", "runs the stand-ins for model servers", () => answers("python3", ["--version"]), () =>
    apt("python3"),
  );
}

/** Python's own virtual environments, which Debian has in a package of its own. */
export function needVenv() {
  needPython();
  need("python3-venv", "holds the tester of the API", () => answers("python3", ["-c", "import ensurepip, venv"]), () =>
    apt("python3-venv"),
  );
}

/** curl, 7.84 or newer, with which the examples of the API are run. */
export function needCurl() {
  need("curl", "runs the examples of docs/api.md", () => answers("curl", ["--version"]), () => apt("curl"));
}

/** The packages of a folder's package-lock.json. */
function needLocked(folder, why) {
  const [installed, wanted] = [join(folder, "node_modules", ".package-lock.json"), join(folder, "package-lock.json")];
  const isThere = () => existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs;
  need(join(relative(root, folder), "node_modules"), why, isThere, () => {
    run("npm", ["ci", "--silent", "--no-audit", "--no-fund"], { cwd: folder });
    const now = new Date();
    utimesSync(installed, now, now);
  });
}

/** What drives the browser and the window, and makes packages of the app. */
export function needModules() {
  needLocked(root, "drives the browser, and the window of the desktop app");
}

/** What the dashboard is built of, and with. */
export function needUi() {
  needLocked(ui, "builds the dashboard");
}

/** Builds the dashboard: programs that are built after it have it in them. */
export function buildUi() {
  needUi();
  const stamp = join(ui, "node_modules", ".built");
  const isBuilt = existsSync(join(ui, "dist", "index.html")) && existsSync(stamp);
  // What is built anew has to be put into every program anew.
  if (isBuilt && UI_SOURCES.every((name) => newest(join(ui, name)) < statSync(stamp).mtimeMs)) return;
  const begun = new Date();
  run("npm", ["run", "--silent", "build"], { cwd: ui });
  writeFileSync(stamp, "");
  utimesSync(stamp, begun, begun);
}

/** What the dashboard is built from. */
const UI_SOURCES = ["src", "public", "scripts", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"];

/** When a file, or anything below a folder, last changed; a folder changes with the names in it. */
function newest(path) {
  const { mtimeMs } = statSync(path);
  const below = statSync(path).isDirectory() ? readdirSync(path) : [];
  return below.reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs);
}

/** Chromium, in which the tests open pages. */
export function needBrowser() {
  const found = () => process.env.CHROMIUM || ["chromium", "chromium-browser", "google-chrome"].some((name) => answers(name, ["--version"]));
  need("chromium", "opens the pages of the tests", found, () => apt("chromium"));
}

/** Builds the release binary, with the dashboard in it, and tells where it is. */
export function buildRelease() {
  needToBuild();
  buildUi();
  return built("run-agent", "-p", "conductor-core", "--features", "cli,server");
}

/** Builds the desktop app, with the dashboard in it, and the program beside it that it starts supervisors with. */
export function buildDesktop() {
  needToBuild();
  needDesktop();
  buildUi();
  const features = "conductor-core/cli,conductor-core/server,conductor-desktop/custom-protocol";
  return built("conductor-desktop", "-p", "conductor-core", "-p", "conductor-desktop", "--features", features);
}

function built(program, ...args) {
  run("cargo", ["build", "--release", "--locked", ...args]);
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const binary = join(target, "release", program);
  if (!existsSync(binary)) fail(`the build left no ${binary}`);
  return binary;
}
