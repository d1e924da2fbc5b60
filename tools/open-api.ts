// Writes docs/openapi.json; `--check` only says whether it is what it should be.
import { readFileSync, writeFileSync } from "node:fs";
import { etcdVersion } from "../src/server/embed/version.ts";
import { openApi } from "../src/server/gateway/index.ts";

const file = new URL("../docs/openapi.json", import.meta.url);
const text = `${JSON.stringify(openApi(etcdVersion), undefined, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text) {
    console.log("docs/openapi.json is not what the schemas say; run tools/open-api.ts");
    process.exitCode = 1;
  }
} else writeFileSync(file, text);
