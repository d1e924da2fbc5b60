// npm run bench:stalls: how long the event loop of ours stands still in the twelve heavy scenarios that
// docs/testing.md names, and under some more, by the server's own monitor.
//   npm run bench:stalls -- [--keys 1000000] [--value 900] [--only 5,12]
// Prints a table and writes it to bench/results/<date>-stalls.md. The delay is the machine's, too: run it
// where nothing else runs. The longest piece is processor time, and holds anywhere. Goals: no stall above
// 150 ms, 99.99 % at or below 50 ms, no change of leaders.
import { parseArgs } from "node:util";
import { machineText, minuteNow, writeResults } from "./results.ts";
import { Store } from "./stall-store.ts";
import type { Stalls } from "./stall-meter.ts";
import { authentications, handshakes } from "./stall-logins.ts";

const { values: options } = parseArgs({
  options: {
    keys: { type: "string", default: "1000000" },
    value: { type: "string", default: "900" },
    only: { type: "string" },
  },
});
const keys = Number(options.keys);
const count = keys.toLocaleString("en");

const head =
  "| scenario | took | processor | longest stall | p99.99 | longest piece | major pause | heap |";
const bound = (ms: number): string => (ms === 0 ? "none" : `≤ ${ms} ms`);
const line = (s: Stalls): string =>
  `| ${[
    s.name,
    `${s.took.toFixed(0)} ms`,
    `${s.cpu} ms`,
    bound(s.stall),
    bound(s.stallP9999),
    bound(s.piece),
    bound(s.majorPause),
    `${(s.heapBytes / 2 ** 20).toFixed(0)} MiB`,
  ].join(" | ")} |`;

const text: string[] = [];
const say = (one: string): void => {
  console.log(one);
  text.push(one);
};
const all: Stalls[] = [];
const tell = (one: Stalls): void => {
  all.push(one);
  say(line(one));
};

const date = minuteNow();
say(`# Stalls of the event loop, ${date}\n`);
say(machineText());
say(`${count} keys with values of ${options.value} B. Each figure is the bound of a bucket.\n`);
say(`${head}\n|${" --- |".repeat(8)}`);

const wanted = options.only?.split(",");
const isWanted = (number: string): boolean => wanted?.includes(number) ?? true;

const store = await Store.open({ keys, valueBytes: Number(options.value) });
try {
  for (const [number, name, work] of store.scenarios()) {
    // What fills the store is done in any case.
    if (number !== "–" && !isWanted(number)) continue;
    tell(await store.run(number === "–" ? name : `${number}. ${name}`, work));
  }
  if (isWanted("3")) {
    for (const one of await store.sendSnapshot()) tell(one);
  }
} finally {
  await store.close();
}
if (isWanted("8")) tell(await authentications("8. 64 Authenticate at once, five times"));
if (isWanted("9")) tell(await handshakes("9. 500 TLS handshakes a second, for 10 s"));

const worst = Math.max(...all.map(({ stall }) => stall));
const changes = all.reduce((sum, { leaderChanges }) => sum + leaderChanges, 0);
say(`\nLongest stall ≤ ${worst} ms; changes of leaders: ${changes}.`);
if (options.only === undefined) writeResults(`${date}-stalls`, text.join("\n"));
