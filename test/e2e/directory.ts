// What a server's data directory holds, and etcd's own tools over it.
import assert from "node:assert/strict";
import { copyFileSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { peer } from "../peers/peers.ts";
import { run } from "./command.ts";

/** Where the database of a data directory is. */
export function databaseOf(dataDirectory: string): string {
  return join(dataDirectory, "member/snap/db");
}

/** Names of the .snap files, oldest first. */
export function snapshotFiles(dataDirectory: string): string[] {
  return globSync("*.snap", { cwd: join(dataDirectory, "member/snap") }).toSorted();
}

/** Names of the write-ahead log's segments, oldest first. */
export function walFiles(dataDirectory: string): string[] {
  return globSync("*.wal", { cwd: join(dataDirectory, "member/wal") }).toSorted();
}

/** Runs etcdutl, expects success, returns its answer. */
export async function etcdutl(...args: string[]): Promise<unknown> {
  const done = await run(peer("etcdutl"), [...args, "-w", "json"]);
  assert.equal(done.code, 0, `etcdutl ${args.join(" ")}: ${done.stdout}${done.stderr}`);
  return done.stdout === "" ? undefined : JSON.parse(done.stdout);
}

export interface FileHash {
  hash: number;
  hashRevision: number;
  compactRevision: number;
}

export interface FileStatus {
  revision: number;
  totalKey: number;
  totalSize: number;
  version: string;
}

/**
 * `bbolt check`, `etcdutl snapshot status` and `etcdutl hashkv` must find a database whole. The last one
 * gets a copy: it opens what it hashes for writing, and changes it.
 */
export async function inspectDatabase(
  file: string,
): Promise<{ hash: FileHash; status: FileStatus }> {
  const checked = await run(peer("bbolt"), ["check", file]);
  assert.equal(checked.code, 0, `bbolt check: ${checked.stdout}${checked.stderr}`);
  assert.match(checked.stdout, /^OK$/m);
  const status = (await etcdutl("snapshot", "status", file)) as FileStatus;
  const copy = `${file}.hashed`;
  copyFileSync(file, copy);
  try {
    return { status, hash: (await etcdutl("hashkv", copy)) as FileHash };
  } finally {
    rmSync(copy);
  }
}
