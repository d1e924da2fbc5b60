// One fault of the disk somewhere in the directory of a stopped member, again and again: the next start
// refuses, or whoever would read it ends the member, or it is of no consequence. No client sees it.
//   QUORATE_SINGLE_FAULTS=1000   so many instead of a few; QUORATE_SEED repeats them
import assert from "node:assert/strict";
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type RandomSource, seededRandom } from "../../src/base/index.ts";
import { peer } from "../peers/peers.ts";
import { run } from "./command.ts";
import { write } from "./handover.ts";
import { ServerProcess } from "./server-process.ts";

const rounds = Number(process.env["QUORATE_SINGLE_FAULTS"] ?? 6);
const sectorBytes = 512;
const readyMilliseconds = 120_000;
/** How far back in the past is compared. */
const pastRevisions = [0, 40, 300];
/** So many that a checkpoint of the index is made at the stop; of these the present is compared. */
const fillingKeys = 25_000;

type Outcome = "refused at start" | "ended when read" | "of no consequence";

async function range(endpoint: string, to: string, revision = 0): Promise<string | undefined> {
  const rangeEnd = Buffer.from(to).toString("base64");
  const body = JSON.stringify({ key: "AA==", range_end: rangeEnd, revision: String(revision) });
  const signal = AbortSignal.timeout(60_000);
  const request = { method: "POST", body, signal };
  const answer = await fetch(`http://${endpoint}/v3/kv/range`, request).catch(() => undefined);
  if (answer?.ok !== true) return undefined;
  const { kvs, count } = (await answer.json()) as { kvs: unknown; count: string };
  return JSON.stringify({ kvs, count });
}

/** Every key now, and the history's at some revisions; undefined where the member does not answer. */
async function held(endpoint: string, newest: number): Promise<(string | undefined)[]> {
  const all = [await range(endpoint, "\0")];
  for (const back of pastRevisions) all.push(await range(endpoint, "zz/", newest - back));
  return all;
}

async function copied(from: string, to: string): Promise<void> {
  const done = await run("cp", ["-r", "--sparse=always", from, to]);
  assert.equal(done.code, 0, done.stderr);
}

/** Where the last byte of a file is that is not zero: behind it lies room that was only reserved. */
function usedBytes(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

/** A flipped bit, a sector of zeros, or a sector from elsewhere in the file; says what it did. */
function damage(random: RandomSource, file: string): string {
  const bytes = readFileSync(file);
  const before = Buffer.from(bytes);
  const used = Math.max(1, usedBytes(bytes));
  const at = random.below(used);
  const sector = at - (at % sectorBytes);
  const kind = ["bit", "zeros", "elsewhere"][random.below(3)]!;
  if (kind === "bit") bytes[at]! ^= 1 << random.below(8);
  else if (kind === "zeros") bytes.fill(0, sector, Math.min(used, sector + sectorBytes));
  else {
    const from = random.below(used);
    bytes.copyWithin(
      sector,
      from - (from % sectorBytes),
      from - (from % sectorBytes) + sectorBytes,
    );
  }
  if (bytes.equals(before)) bytes[at]! ^= 1;
  writeFileSync(file, bytes);
  return `${kind} at ${at} of ${used}`;
}

/** What became of a start on the damaged directory. Throws when a client would see the damage. */
async function outcomeOf(
  server: ServerProcess,
  expected: readonly (string | undefined)[],
  newest: number,
): Promise<Outcome> {
  const isUp = await server.restart().then(
    () => true,
    (error: Error) => {
      assert.doesNotMatch(error.message, /was not ready/);
      return false;
    },
  );
  if (!isUp) return "refused at start";
  const found = await held(server.endpoint, newest);
  const isSilent = found.every((answer, at) => answer === undefined || answer === expected[at]);
  assert.ok(isSilent, "what is served is what was written");
  if (found.every((answer) => answer !== undefined)) return "of no consequence";
  const { code } = await server.exited;
  assert.notEqual(code, 0, "a member that does not answer ends, and says why");
  return "ended when read";
}

test("no single fault in the files of a stopped member reaches a client", async (t) => {
  const seed = Number(process.env["QUORATE_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  t.diagnostic(`QUORATE_SEED=${seed}`);
  const random = seededRandom(seed);
  const flags = ["--snapshot-count=400"];
  await using server = await ServerProcess.start({ kind: "quorate", flags, readyMilliseconds });
  const filling = [`-count=${fillingKeys}`, "-value-size=64", "-prefix=zz/"];
  const filled = await run(peer("preload"), [`-endpoint=${server.endpoint}`, ...filling]);
  assert.equal(filled.code, 0, filled.stdout);
  const written = await write(server.endpoint, "-operations=2500", "-compact-every=1000");
  const newest = written.revision;
  const expected = await held(server.endpoint, newest);
  assert.ok(expected.every((answer) => answer !== undefined));
  await server.end("SIGTERM");
  const sound = `${server.dataDirectory}.sound`;
  renameSync(server.dataDirectory, sound);
  // The spare segment of the log holds nothing yet.
  for (const spare of globSync("member/wal/[0-9]*.tmp", { cwd: sound })) rmSync(join(sound, spare));
  const files = globSync("member/**/*", { cwd: sound, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(sound.length))
    .toSorted();
  const kinds = [...new Set(files.map(kindOf))];
  const counts = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    rmSync(server.dataDirectory, { recursive: true, force: true });
    await copied(sound, server.dataDirectory);
    const kind = kinds[round % kinds.length]!;
    const of = files.filter((file) => kindOf(file) === kind);
    const file = of[random.below(of.length)]!;
    const what = damage(random, join(server.dataDirectory, file));
    try {
      const outcome = await outcomeOf(server, expected, newest);
      const key = `${kind}: ${outcome}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (outcome === "of no consequence") await server.kill();
      else if (/sum|index/.test(kind))
        t.diagnostic(`${file}, ${what}: ${outcome}, ${lastWords(server)}`);
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}, ${file}, ${what}`, { cause: error });
    }
  }
  for (const [what, count] of counts) t.diagnostic(`${what}: ${count}`);
});

const lastWords = (server: ServerProcess): string =>
  server.log
    .trimEnd()
    .split("\n")
    .findLast((line) => /"level":"(error|fatal|panic)"/.test(line)) ?? "without a word";

/** What sort of file it is: of segments and .snap files there are several. */
const kindOf = (file: string): string =>
  /\.(wal|snap)$/.exec(file)?.[1] ?? file.slice(file.lastIndexOf("/") + 1);
