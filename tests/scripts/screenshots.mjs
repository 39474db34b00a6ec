// `npm run screenshots [-- WORD…]`: pictures of the dashboard's pages, in ui/shots.

import { needBrowser, needUi, run, ui } from "./setup.mjs";

needBrowser();
needUi();
run("npm", ["run", "--silent", "shots", "--", ...process.argv.slice(2)], { cwd: ui });
