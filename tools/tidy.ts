// House rules that no linter knows. Prints each breach; exits 1 when there is one.
import { globSync, readFileSync } from "node:fs";

const generated = /^src\/core\/proto\/messages\.ts$/;
const found: string[] = [];

for (const file of globSync("{src,sim,test,bench,tools}/**/*.ts")) {
  if (generated.test(file) || file.includes("node_modules")) continue;
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const isTest = /\.(test|fuzz)\.ts$/.test(file);
  if (lines.length > 501) found.push(`${file}: ${lines.length} lines; 500 is the hard stop`);
  if (/^src\/(core|base)\//.test(file) && !isTest) {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    const waits = /\b(async|await|Promise)\b/.exec(code);
    if (waits) found.push(`${file}: the core never waits (${waits[1]})`);
  }
  for (const [at, line] of lines.entries()) {
    const place = `${file}:${at + 1}`;
    if (line.length > 110) found.push(`${place}: ${line.length} columns`);
    if (/\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/.test(line) && !file.startsWith("tools/tidy")) {
      found.push(`${place}: a mark without an issue number`);
    }
    if (/\.slice\(\)/.test(line) && file.startsWith("src/") && !isTest) {
      found.push(`${place}: a Buffer's slice() is a view; to keep bytes, ownBytes()`);
    }
    if (/\b(test|it|describe)\.(skip|only|todo)\b/.test(line)) {
      found.push(`${place}: a skipped or narrowed test`);
    }
  }
}

for (const file of globSync("src/*/*/index.ts")) {
  if (!readFileSync(file, "utf8").startsWith("//"))
    found.push(`${file}: a door says what it is for`);
}

console.log(found.join("\n") || "tidy");
process.exitCode = found.length === 0 ? 0 : 1;
