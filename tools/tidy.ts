// House rules that no linter knows. Prints each breach; exits 1 when there is one.
import { existsSync, globSync, readFileSync } from "node:fs";

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

// docs/limits.md: constants in the first column, the file below src/ in the third.
const limits = readFileSync("docs/limits.md", "utf8").split("\n");
let limitCount = 0;
for (const [at, line] of limits.entries()) {
  const [, names = "", , where = ""] = line.split("|");
  const file = /`([^`]+\.ts)`/.exec(where)?.[1];
  if (file === undefined) continue;
  const place = `docs/limits.md:${at + 1}`;
  const path = `src/${file}`;
  if (!existsSync(path)) {
    found.push(`${place}: there is no ${path}`);
    continue;
  }
  const code = readFileSync(path, "utf8");
  for (const [, name = ""] of names.matchAll(/`(\w+)`/g)) {
    limitCount++;
    const stated = new RegExp(String.raw`\b(const ${name}\b|${name}\??:|${name} =)`);
    if (!stated.test(code)) found.push(`${place}: there is no ${name} in ${path}`);
  }
}
if (limitCount === 0) found.push("docs/limits.md: no limits");

console.log(found.join("\n") || "tidy");
process.exitCode = found.length === 0 ? 0 : 1;
