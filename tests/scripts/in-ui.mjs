// Scripts of the dashboard that need a browser, with all that is missing installed: `npm run screenshots [-- WORD…]`
// makes pictures of its pages in ui/shots, `npm run bench:ui` prints its figures beside those of the design.

import { buildUi, needBrowser, run, ui } from "./setup.mjs";

const [script, ...words] = process.argv.slice(2);
needBrowser();
// Its build prints what a first visit loads, and fails where that is too much.
buildUi();
run("npm", ["run", "--silent", script, "--", ...words], { cwd: ui });
