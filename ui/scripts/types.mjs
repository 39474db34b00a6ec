// Makes src/platform/api.gen.ts (wire types) and src/platform/operations.gen.ts (method and path of each
// operation) from ../docs/openapi.json. With --check it changes nothing and fails where they are stale.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../docs/openapi.json", import.meta.url);
const out = (name) => new URL(`../src/platform/${name}`, import.meta.url);
const banner = "// Made by `npm run types` from docs/openapi.json. Do not edit.\n\n";

const document = JSON.parse(await readFile(source, "utf8"));
const files = {
  "api.gen.ts": banner + astToString(await openapiTS(document, { defaultNonNullable: false })),
  "operations.gen.ts": banner + operations(document),
};

let stale = false;
for (const [name, text] of Object.entries(files)) {
  if (!process.argv.includes("--check")) {
    await writeFile(out(name), text);
  } else if ((await readFile(out(name), "utf8").catch(() => "")) !== text) {
    console.error(`src/platform/${name} is stale: run \`npm run types\``);
    stale = true;
  }
}
if (stale) process.exit(1);

function operations(document) {
  const lines = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.operationId)
      .map(([method, operation]) => `  ${operation.operationId}: ["${method.toUpperCase()}", "${path}"],\n`),
  );
  return `export const OPERATIONS = {\n${lines.join("")}} as const;\n`;
}
