// Suites and programs of others, in five languages, run beside real etcd and beside ours and compared
// test by test.
//   node tools/run.mjs test/clients/suites.ts [LANGUAGE or part of a name…]
// Fetches their packages with pip, cargo, mvn, npm and go, at pinned versions, into `.cache/clients`; wants
// port 2379 for itself; takes a quarter of an hour and more: not part of `npm test`. A language whose tools
// are not here is passed over with a word.
import { spawnSync } from "node:child_process";
import { goSuites } from "./go.ts";
import { integrationSuites } from "./integration.ts";
import { javaSuite } from "./java.ts";
import { javascriptSuite } from "./javascript.ts";
import { pythonSuites } from "./python.ts";
import { rustSuite } from "./rust.ts";
import { folderOf, type Outcomes, type Suite } from "./suite.ts";

interface Row {
  suite: string;
  tests: number;
  etcd: number;
  ours: number;
  /** What came out differently, with both outcomes. */
  differ: string[];
}

const suites: readonly Suite[] = [
  ...pythonSuites,
  rustSuite,
  javaSuite,
  javascriptSuite,
  ...goSuites,
  ...integrationSuites,
];

const isHere = (tool: string): boolean =>
  spawnSync("sh", ["-c", `command -v ${tool}`], { stdio: "ignore" }).status === 0;

function compare(suite: Suite, etcd: Outcomes, ours: Outcomes): Row {
  const names = new Set([...etcd.keys(), ...ours.keys()]);
  const differ: string[] = [];
  for (const name of names) {
    const [theirs = "not run", our = "not run"] = [etcd.get(name), ours.get(name)];
    if (theirs === our) continue;
    const choice = suite.chosen?.get(name);
    if (choice !== undefined) console.log(`${name}: ours ${our}, by choice: ${choice}`);
    else differ.push(`${name}: etcd ${theirs}, ours ${our}`);
  }
  const passes = (seen: Outcomes): number =>
    suite.isTranscript ? seen.size : [...seen.values()].filter((word) => word === "pass").length;
  const title = `${suite.language}: ${suite.name}`;
  return { suite: title, tests: names.size, etcd: passes(etcd), ours: passes(ours), differ };
}

async function sideBySide(suite: Suite): Promise<Row> {
  const folder = folderOf(suite);
  console.log(`${suite.name}: fetches`);
  await suite.fetch(folder);
  console.log(`${suite.name}: runs on etcd`);
  const etcd = await suite.run("etcd", folder);
  console.log(`${suite.name}: runs on ours`);
  return compare(suite, etcd, await suite.run("quorate", folder));
}

const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const suite of suites) {
  const isWanted = wanted.some((word) => suite.language === word || suite.name.includes(word));
  if (wanted.length > 0 && !isWanted) continue;
  const missing = suite.tools.filter((tool) => !isHere(tool));
  if (missing.length > 0) {
    console.log(`${suite.name}: passed over, no ${missing.join(", ")} here`);
    continue;
  }
  rows.push(await sideBySide(suite));
}

console.log(
  "\n| suite | tests | pass on etcd | pass on ours | differ |\n| --- | --- | --- | --- | --- |",
);
for (const { suite, tests, etcd, ours, differ } of rows) {
  console.log(`| ${suite} | ${tests} | ${etcd} | ${ours} | ${differ.length} |`);
}
for (const { differ } of rows) for (const line of differ) console.log(line);
process.exit(rows.every(({ differ }) => differ.length === 0) ? 0 : 1);
