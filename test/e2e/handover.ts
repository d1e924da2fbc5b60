// The two uses of the peer program `handover`: write a history, print what a store holds.
import assert from "node:assert/strict";
import { peer } from "../peers/peers.ts";
import { run } from "./command.ts";

/** What a history's writer was told. */
export interface Written {
  operations: number;
  revision: number;
  compactions: number;
}

const patienceMilliseconds = 120_000;

/** Writes a piece of history. `flags` are handover's own. */
export async function write(endpoint: string, ...flags: string[]): Promise<Written> {
  const args = [`-endpoint=${endpoint}`, ...flags];
  const done = await run(peer("handover"), args, { patienceMilliseconds });
  assert.equal(done.code, 0, done.stderr);
  return JSON.parse(done.stdout);
}

/**
 * The whole store at some revisions (0 is the newest), line by line: HashKV, every key with all its
 * numbers and a digest of its value, then members and leases with their keys.
 */
export async function dump(endpoint: string, revisions: readonly number[]): Promise<string[]> {
  const args = [`-endpoint=${endpoint}`, `-dump=${revisions.join(",")}`];
  const done = await run(peer("handover"), args, { patienceMilliseconds });
  assert.equal(done.code, 0, done.stderr);
  return done.stdout.trimEnd().split("\n");
}

/** The same dump, or the first line that differs. */
export function sameDump(
  found: readonly string[],
  expected: readonly string[],
  when: string,
): void {
  const at = expected.findIndex((line, index) => line !== found[index]);
  if (at >= 0) assert.equal(found[at], expected[at], `${when}: line ${at + 1} of the dump differs`);
  assert.equal(found.length, expected.length, `${when}: lines of the dump`);
}

/** HashKV, as the line of a dump gives it. */
export function hashOf(line: string | undefined): {
  hashRevision: number;
  compactRevision: number;
  hash: number;
} {
  const found = /^revision (-?\d+) compacted (-?\d+) hash (\d+)$/.exec(line ?? "");
  assert.ok(found !== null, `not a hash: ${line}`);
  const [hashRevision = 0, compactRevision = 0, hash = 0] = found.slice(1).map(Number);
  return { hashRevision, compactRevision, hash };
}
