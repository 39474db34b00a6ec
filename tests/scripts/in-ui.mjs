// Scripts of the dashboard that need a browser, with all that is missing installed: `npm run screenshots [-- WORD…]`
// makes pictures of its pages in ui/shots, `npm run bench:ui` prints its figures beside those of the design.

import { buildUi, needBrowser, needUi, run, ui } from "./setup.mjs";

const [script, ...words] = process.argv.slice(2);
needBrowser();
needUi();
if (script === "bench") {
  buildUi();
  // What a first visit loads; it fails where that is too much.
  run("node", ["scripts/size.mjs"], { cwd: ui });
}
run("npm", ["run", "--silent", script, "--", ...words], { cwd: ui });
