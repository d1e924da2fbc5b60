// The store on a database file, handed to and fro between Go's etcd and us.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bytesFromLatin1, seededRandom, zeroId } from "../../src/base/index.ts";
import { BackendHash, type Backend, Store } from "../../src/core/mvcc/index.ts";
import { FileBackend } from "../../src/io/backend/index.ts";
import { nodeDisk } from "../../src/io/host/node/index.ts";
import { peer } from "../peers/peers.ts";
import { withEtcd } from "./go-etcd.ts";

function run(program: string, ...words: string[]): string {
  return execFileSync(peer(program), words, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function open(path: string): FileBackend {
  const onFailure = (error: Error): void => {
    throw error;
  };
  return FileBackend.open({ disk: nodeDisk, path, onFailure });
}

/** Drives the backend as a member does, until `done` is called. */
function drive(backend: FileBackend, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    let isDone = false;
    start(() => {
      isDone = true;
      resolve();
    });
    const turn = (): void => {
      if (isDone) return;
      backend.maybeCommit(performance.now());
      setImmediate(turn);
    };
    turn();
  });
}

const stop = (backend: FileBackend): Promise<void> =>
  drive(backend, (done) => backend.stop(() => done()));

interface KeyHash {
  readonly hash: number;
  readonly hashRevision: number;
  readonly compactRevision: number;
}

function hashOf(store: Store): KeyHash {
  const job = store.hashByRevision(0);
  for (;;) {
    const result = job.step(1_000_000);
    if (result === undefined) continue;
    const { hash, revision, compactRevision } = result;
    return { hash, hashRevision: revision, compactRevision };
  }
}

const goHash = (path: string): KeyHash => JSON.parse(run("etcdutl", "hashkv", path, "-w", "json"));

/** etcdutl prints the whole file's hash over all keys, those too that a member leaves out. */
function statusHash(backend: Backend): number {
  const hash = new BackendHash(backend, new Map());
  for (;;) {
    const result = hash.step(1_000_000);
    if (result !== undefined) return result;
  }
}

function write(store: Store, seed: number): void {
  const random = seededRandom(seed);
  for (let round = 0; round < 5000; round++) {
    const tx = store.write();
    const key = bytesFromLatin1(`key-${random.below(800)}`);
    if (random.below(6) === 0) tx.deleteRange(key, "single");
    else tx.put(key, Buffer.alloc(random.below(600), 97 + random.below(20)), zeroId);
    if (random.below(9) === 0) tx.put(bytesFromLatin1(`other-${round}`), key, zeroId);
    tx.end();
  }
}

test("what Go wrote hashes alike in our store, and what our store adds hashes alike in Go's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "quorate-handover-"));
  const data = join(folder, "data");
  const path = join(data, "member/snap/db");
  try {
    await withEtcd(data, (endpoint) => {
      const words = ["--endpoints", endpoint, "--conns", "4", "--clients", "32", "put"];
      run("benchmark", ...words, "--total", "4000", "--key-space-size", "700", "--val-size", "200");
      run("etcdctl", "--endpoints", endpoint, "del", "--from-key", "z");
      run("etcdctl", "--endpoints", endpoint, "compact", "1500", "--physical");
    });
    const goStatus = JSON.parse(run("etcdutl", "snapshot", "status", path, "-w", "json"));
    const written = goHash(path);
    let backend = open(path);
    let store = new Store(backend);
    assert.equal(statusHash(backend), goStatus.hash);
    assert.equal(store.currentRevision, goStatus.revision);
    assert.deepEqual(hashOf(store), written);
    write(store, 1);
    store.compact(store.currentRevision - 900);
    while (!store.compactStep(500)) await drive(backend, (done) => backend.commit(() => done()));
    const ours = hashOf(store);
    await drive(backend, (done) => backend.defragment(() => done()));
    write(store, 2);
    const latest = hashOf(store);
    const status = statusHash(backend);
    await stop(backend);
    assert.equal(run("bbolt", "check", path).trim(), "OK");
    assert.deepEqual(goHash(path), latest);
    assert.notEqual(latest.hash, ours.hash);
    assert.equal(JSON.parse(run("etcdutl", "snapshot", "status", path, "-w", "json")).hash, status);
    run("etcdutl", "defrag", "--data-dir", data);
    backend = open(path);
    store = new Store(backend);
    assert.deepEqual(hashOf(store), latest);
    assert.deepEqual(backend.check(), []);
    await stop(backend);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
