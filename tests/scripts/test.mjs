// `npm test`: sets up and runs the whole suite. Arguments go to nextest: `npm test -- -E 'test(c16)'`.

import { buildUi, needCurl, needDesktop, needGit, needNextest, needPython, needToBuild, run, ui } from "./setup.mjs";

needToBuild();
needDesktop();
needGit();
needCurl();
needNextest();
needPython();

buildUi();
if (process.argv.length === 2) run("npm", ["test", "--silent"], { cwd: ui });
const profile = process.env.CI ? ["--profile", "ci"] : [];
run("cargo", [
  "nextest", "run", "--locked", "--workspace", "--all-features", ...profile, ...process.argv.slice(2),
]);
console.log("NOT RUN here: the real claude, codex and gemini (npm run test:agents downloads them and runs them)");
