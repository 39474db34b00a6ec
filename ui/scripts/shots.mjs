// Pictures of pages with the fake core: every scene, theme and width. `node scripts/shots.mjs [name…]` makes those
// whose name holds one of the words. Chromium is taken from CHROMIUM or /usr/bin/chromium.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const OUT = new URL("../shots/", import.meta.url).pathname;
const ARGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const LOGIN = "/tasks/webshop/task-20261120-134118-fix-login-redirect";
const PAGES = {
  tasks: { path: LOGIN },
  list: { path: "/tasks" },
  log: { path: `${LOGIN}/log` },
  changes: { path: `${LOGIN}/changes?file=auth%2Fsrc%2Fsession.rs` },
  "changes-list": { path: `${LOGIN}/changes` },
  timeline: { path: `${LOGIN}/timeline` },
  files: { path: `${LOGIN}/files?file=TASK.md` },
  fleet: { path: "/fleet" },
  settings: { path: "/settings/keys" },
  "settings-agents": { path: "/settings/agents" },
  "settings-projects": { path: "/settings/projects" },
  "settings-limits": { path: "/settings/limits" },
  "settings-webhooks": { path: "/settings/webhooks" },
  "settings-access": { path: "/settings/access" },
  "settings-appearance": { path: "/settings/appearance" },
  "settings-storage": { path: "/settings/storage" },
  "settings-configuration": { path: "/settings/configuration" },
  palette: { path: LOGIN, keys: "Control+k" },
  messages: { path: "/tasks/webshop/task-20261120-134642-upgrade-axum/messages" },
  question: { path: "/tasks/webshop/task-20261120-130400-migrate-billing/messages" },
  new: { path: "/new" },
  duplicate: { path: "/new?from=webshop%2Ftask-20261120-134118-fix-login-redirect" },
};
const SCENES = ["empty", "busy", "full"];
const THEMES = ["light", "dark"];
const WIDTHS = { 1440: 900, 1024: 768, 390: 844 };

const words = process.argv.slice(2);
await mkdir(OUT, { recursive: true });
const server = await createServer({ logLevel: "error", server: { port: 0 } });
await server.listen();
const { port } = server.httpServer.address();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", ...ARGS.split(" ")],
});

for (const [page, { path, keys }] of Object.entries(PAGES)) {
  for (const scene of SCENES) {
    for (const theme of THEMES) {
      for (const [width, height] of Object.entries(WIDTHS)) {
        const name = `${page}-${scene}-${theme}-${width}`;
        if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
        await shoot(name, {
          path: scene === "empty" && path.startsWith(LOGIN) ? "/tasks" : path,
          keys,
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

async function shoot(name, { path, keys, scene, theme, width, height }) {
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
  if (keys) await page.keyboard.press(keys);
  if (keys) await page.waitForTimeout(500);
  await page.screenshot({ path: `${OUT}${name}.png` });
  console.log(name);
  await context.close();
}
