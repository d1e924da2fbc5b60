// Writes what happens now into scenario files, in place of what was expected:
//   node test/raft/rewrite.ts FILE...
// Read the difference before it is committed: it is the meaning of the change.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { actualOutputs, type ScenarioKind } from "./replay.ts";

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  const outputs = actualOutputs(basename(dirname(file)) as ScenarioKind, text);
  writeFileSync(file, rewritten(text, outputs));
}

/** The file with the output of each directive replaced, everything else as it was. */
function rewritten(text: string, outputs: readonly string[]): string {
  const lines = text.split("\n");
  const out: string[] = [];
  let next = 0;
  for (let at = 0; at < lines.length; at++) {
    out.push(lines[at]!);
    if (lines[at] !== "----") continue;
    out.push(...outputs[next++]!.replace(/\n$/, "").split("\n"));
    while (at + 1 < lines.length && lines[at + 1] !== "") at++;
  }
  return out.join("\n");
}
