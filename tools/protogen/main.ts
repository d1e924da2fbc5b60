// npm run protogen: makes src/core/proto/messages.ts from proto/. With --check it only compares,
// and exits 1 when the committed file is not what the .proto files say.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "./generate.ts";

const project = join(import.meta.dirname, "../..");
const target = join(project, "src/core/proto/messages.ts");
const text = generate(join(project, "proto"));

if (process.argv.includes("--check")) {
  const current = readFileSync(target, "utf8") === text;
  console.log(current ? "messages.ts is current" : "messages.ts is stale: npm run protogen");
  process.exitCode = current ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`messages.ts: ${text.split("\n").length - 1} lines`);
}
