// Pictures of pages with the fake core: every scene, theme and width. `node scripts/shots.mjs [name…]` makes those
// whose name holds one of the words, `--docs` those of the documents. Chromium is taken from CHROMIUM or /usr/bin/chromium.
import { copyFile, mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const OUT = new URL("../shots/", import.meta.url).pathname;
const DOCS = new URL("../../docs/", import.meta.url).pathname;
const ARGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const LOGIN = "/tasks/webshop/task-20261120-134118-fix-login-redirect";
const BILLING = "/tasks/webshop/task-20261120-130400-migrate-billing";
const FAILED = "/tasks/webshop/task-20261120-130800-e2e-flake";
const ENDED = "/tasks/infra/task-20261120-021000-chore-1";
const ONCE = ["busy"];

/** What is pictured: where, then what is pressed or done there. `scenes`: not in all; `isWide`: in wide windows. */
const PAGES = {
  tasks: { path: LOGIN },
  list: { path: "/tasks" },
  log: { path: `${LOGIN}/log` },
  changes: { path: `${LOGIN}/changes?file=auth%2Fsrc%2Fsession.rs` },
  "changes-list": { path: `${LOGIN}/changes` },
  timeline: { path: `${LOGIN}/timeline` },
  files: { path: `${LOGIN}/files?file=TASK.md` },
  fleet: { path: "/fleet" },
  "fleet-choices": { path: "/fleet", act: inFake(askAtLength), scenes: ONCE },
  "list-choices": { path: "/tasks", act: inFake(askAtLength), scenes: ONCE },
  settings: { path: "/settings/keys" },
  "settings-agents": { path: "/settings/agents" },
  "settings-projects": { path: "/settings/projects" },
  "settings-limits": { path: "/settings/limits" },
  "settings-webhooks": { path: "/settings/webhooks" },
  "settings-access": { path: "/settings/access" },
  "settings-appearance": { path: "/settings/appearance" },
  "settings-storage": { path: "/settings/storage" },
  "settings-configuration": { path: "/settings/configuration" },
  "settings-desktop": { path: "/settings/desktop?desk", scenes: ONCE },
  "settings-notifications": { path: "/settings/notifications", scenes: ONCE },
  "settings-editor": { path: "/settings/editor", scenes: ONCE },
  palette: { path: LOGIN, act: keys("Control+k") },
  "palette-search": { path: LOGIN, act: both(keys("Control+k"), type("s")), scenes: ONCE },
  messages: { path: "/tasks/webshop/task-20261120-134642-upgrade-axum/messages" },
  question: { path: `${BILLING}/messages` },
  picture: { path: BILLING, act: both(inFake(askWithPicture), tab("Messages")), scenes: ONCE },
  new: { path: "/new" },
  duplicate: { path: "/new?from=webshop%2Ftask-20261120-134118-fix-login-redirect" },
  "new-more": { path: "/new", act: press("Limits and more"), scenes: ONCE },
  failed: { path: FAILED, scenes: ONCE },
  ended: { path: ENDED, scenes: ONCE },
  evidence: { path: FAILED, act: press("Evidence"), scenes: ONCE, isWide: true },
  details: { path: LOGIN, act: both(press("Runs"), press("Evidence")), scenes: ONCE, isWide: true },
  "details-tab": { path: `${LOGIN}/details`, scenes: ONCE },
  unfolded: { path: LOGIN, act: press("Unfold all"), scenes: ONCE },
  find: { path: LOGIN, act: both(keys("Control+f"), type("redirect")), scenes: ONCE },
  menu: { path: LOGIN, act: press("More actions"), scenes: ONCE },
  desk: { path: `${LOGIN}?desk`, scenes: ONCE },
  stop: { path: LOGIN, act: command("Stop…"), scenes: ONCE },
  stopped: { path: LOGIN, act: both(command("Stop…"), press("Stop it")), scenes: ONCE },
  "stop-all": { path: "/fleet", act: command("Stop all"), scenes: ONCE },
  delete: { path: ENDED, act: command("Delete…"), scenes: ONCE },
  done: { path: LOGIN, act: command("Say that it is done"), scenes: ONCE },
  "hand-over": { path: FAILED, act: command("Go on with another agent"), scenes: ONCE },
  "put-away": { path: "/tasks", act: command("Put away finished"), scenes: ONCE },
  shelf: { path: "/tasks", act: command("Show what was put away"), scenes: ONCE },
  share: { path: "/settings/access", act: press("Make a link"), scenes: ONCE },
  token: { path: "/settings/access", act: press("New token"), scenes: ONCE },
  keys: { path: "/fleet", act: keys("?"), scenes: ONCE },
  offline: { path: LOGIN, act: inFake(cutFor95Seconds, 1_500), scenes: ONCE },
  unreachable: {
    path: LOGIN,
    act: both(
      inFake(({ transport }) => transport.cut()),
      tab("Changes"),
    ),
    scenes: ONCE,
  },
  "look-only": { path: LOGIN, act: inFake((host) => host.lookOnly()), scenes: ONCE },
  gate: { path: LOGIN, act: inFake((host) => host.capabilities.access.leave()), scenes: ONCE },
  nowhere: { path: "/tasks/webshop/task-20261120-134118-no-such-task", scenes: ONCE },
};
const SCENES = ["empty", "busy", "full"];
const THEMES = ["light", "dark"];
const WIDTHS = { 1440: 900, 1024: 768, 390: 844 };

/** The pictures of the documents, each with its file there. */
const IN_DOCS = {
  "list-empty-light-1440": "pictures/first.png",
  "new-busy-light-1440": "pictures/new-task.png",
  "tasks-busy-light-1440": "dashboard.png",
  "question-busy-light-1440": "pictures/question.png",
  "changes-busy-light-1440": "pictures/changes.png",
  "fleet-busy-light-1440": "fleet.png",
};

const isForDocs = process.argv.includes("--docs");
const words = isForDocs ? [] : process.argv.slice(2);
await mkdir(OUT, { recursive: true });
const server = await createServer({ logLevel: "error", server: { port: 0 } });
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", ...ARGS.split(" ")],
});

for (const [page, { path, act, scenes = SCENES, isWide }] of Object.entries(PAGES)) {
  for (const scene of scenes) {
    for (const theme of THEMES) {
      for (const [width, height] of Object.entries(WIDTHS)) {
        const name = `${page}-${scene}-${theme}-${width}`;
        if (isWide && width < 1280) continue;
        if (isForDocs ? !(name in IN_DOCS) : words.length > 0 && !words.some((word) => name.includes(word)))
          continue;
        await shoot(name, {
          path: scene === "empty" && path.startsWith(LOGIN) ? "/tasks" : path,
          act,
          scene,
          theme,
          width: Number(width),
          height,
        });
      }
    }
  }
}
await browser.close();
await server.close();

async function shoot(name, { path, act, scene, theme, width, height }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: "UTC",
    hasTouch: width < 500,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(name, error.message));
  page.on("console", (said) => said.type() === "error" && console.error(name, said.text()));
  await page.goto(`http://localhost:${port}${path}${path.includes("?") ? "&" : "?"}fake=${scene}&still`);
  await page.waitForSelector("header");
  await page.waitForTimeout(900);
  try {
    await act?.(page);
  } catch (error) {
    console.error(name, error.message);
  }
  if (act) await page.waitForTimeout(500);
  await page.screenshot({ path: `${OUT}${name}.png` });
  if (isForDocs) await copyFile(`${OUT}${name}.png`, `${DOCS}${IN_DOCS[name]}`);
  console.log(name);
  await context.close();
}

// What is done on a page before its picture is taken.

function both(...acts) {
  return async (page) => {
    for (const act of acts) await act(page);
  };
}

function keys(pressed) {
  return (page) => page.keyboard.press(pressed);
}

function type(text) {
  return async (page) => {
    await page.waitForTimeout(300);
    await page.keyboard.type(text);
  };
}

function press(name) {
  return (page) =>
    page
      .locator("main, [role=dialog]")
      .getByRole("button", { name, exact: false })
      .last()
      .click({ timeout: 3_000 });
}

function tab(name) {
  return (page) => page.getByRole("tab", { name }).click({ timeout: 3_000 });
}

/** Does an action by the palette. */
function command(name) {
  return async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(name);
    await page.getByRole("option", { name }).first().click({ timeout: 3_000 });
    await page.waitForTimeout(300);
  };
}

/** Lets something happen in the fake core, and waits so many milliseconds. */
function inFake(what, wait = 300) {
  return async (page) => {
    await page.evaluate(`(${what})(window.conductorFake)`);
    await page.waitForTimeout(wait);
  };
}

function cutFor95Seconds({ transport, world }) {
  transport.cut();
  setTimeout(() => world.clock.advance(95_000), 300);
}

function askWithPicture({ world }) {
  const picture = [...world.files].find(([name]) => name.endsWith("routes.png"))[1];
  const [key] = [...world.tasks.keys()].filter((each) => each.endsWith("migrate-billing"));
  const [project, task] = key.split("/");
  const url = "ATTACH-01M1-layout.png";
  world.append(`${key}/${url}`, picture.read(0, picture.size));
  world.post(project, task, {
    type: "QUESTION",
    body: "Is this the layout that you mean?",
    links: [{ url, label: "layout.png", kind: "attachment" }],
  });
}

/** A question and choices of the length that they have. */
function askAtLength({ world }) {
  const [key] = [...world.tasks.keys()].filter((each) => each.endsWith("upgrade-axum"));
  const [project, task] = key.split("/");
  const question = {
    msg_id: "MSG-at-length",
    text: "The migration drops the column legacy_id, which two reports still read. How shall I go on with it, given that the release is on Friday and that nobody of the reports\u2019 team has answered yet?",
    choices: [
      "Keep the column and mark it deprecated",
      "Drop it and fix both reports in this task",
      "Drop it, and open a task of its own for each of the two reports that read it",
      "Leave it as it is",
    ],
    default: "Keep the column and mark it deprecated",
    default_at: world.clock.iso(30),
    asked_at: world.clock.iso(-60),
  };
  world.change(project, task, "task.waiting_answer", { status: "waiting_answer" }, { question });
}
