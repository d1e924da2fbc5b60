// Files between us and the Go programs, both ways.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { seededRandom } from "../../src/base/index.ts";
import { Batch, Database, Operations } from "../../src/io/bbolt/index.ts";
import { nodeDisk } from "../../src/io/host/node/index.ts";
import { peer } from "../peers/peers.ts";
import { etcdBuckets, keyValue, revisionKey } from "./etcd-data.ts";
import { writeFreelist } from "./freelist-file.ts";
import { withEtcd } from "./go-etcd.ts";

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "quorate-bbolt-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(program: string, ...words: string[]): string {
  return execFileSync(peer(program), words, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const goCheck = (path: string): string => run("bbolt", "check", path).trim();

/** A file such as etcd has after puts, deletes and a compaction, made by us in several commits. */
function writeEtcdFile(path: string): Map<string, string> {
  const database = Database.open({ disk: nodeDisk, path });
  const random = seededRandom(11);
  const expected = new Map<string, string>();
  let revision = 1;
  for (let commit = 0; commit < 12; commit++) {
    const batch = new Batch();
    for (const name of etcdBuckets) batch.createBucket(name);
    for (let put = 0; put < 700; put++) {
      const key = revisionKey(++revision);
      // The longest get a leaf of their own, as bbolt would not give them.
      const isLong = put === 300 && commit < 3;
      const length = isLong ? 90_000 : put % 100 === 0 ? 20_000 : random.below(300);
      const value = keyValue(`k${put}`, Buffer.alloc(length, 97 + (put % 26)), revision);
      batch.put("key", key, value);
      expected.set(key.toString("hex"), value.toString("hex"));
    }
    // What a compaction takes away lies anywhere in the file.
    for (const old of expected.keys()) {
      if (commit % 3 !== 2 || random.below(3) !== 0) continue;
      batch.delete("key", Buffer.from(old, "hex"));
      expected.delete(old);
    }
    batch.put("meta", Buffer.from("consistent_index"), Buffer.alloc(8, commit));
    batch.put("meta", Buffer.from("term"), Buffer.alloc(8, 1));
    for (let lease = 0; lease < 50; lease++) {
      const id = Buffer.alloc(8);
      id.writeUInt32BE(random.bits32(), 4);
      batch.put("lease", id, Buffer.from("0801107b", "hex"));
    }
    database.commitNow(batch, { fillOf: (name) => (name === "key" ? 1 : 0.5) });
  }
  assert.deepEqual(database.check(), []);
  database.close();
  return expected;
}

function keysOf(database: Database): Map<string, string> {
  const found = new Map<string, string>();
  const { view } = database;
  view.scan(view.bucket("key")!, {}, (bytes, keyStart, valueStart, valueEnd) => {
    const key = bytes.toString("hex", keyStart, valueStart);
    found.set(key, bytes.toString("hex", valueStart, valueEnd));
  });
  return found;
}

test("Go's bbolt and etcdutl accept a file we wrote and read from it what we put in", (context) => {
  const path = join(folderOf(context), "db");
  const expected = writeEtcdFile(path);
  assert.equal(goCheck(path), "OK");
  assert.deepEqual(run("bbolt", "buckets", path).trim().split("\n"), etcdBuckets);
  const keys = run("bbolt", "keys", "--format", "hex", path, "key").trim().split("\n");
  assert.deepEqual(keys, [...expected.keys()]);
  for (const key of keys.filter((_, at) => at % 500 === 0)) {
    const value = run("bbolt", "get", "--format", "hex", "--parse-format", "hex", path, "key", key);
    assert.equal(value.trim(), expected.get(key));
  }
  const status = JSON.parse(run("etcdutl", "snapshot", "status", path, "-w", "json"));
  assert.equal(status.revision, Number.parseInt(keys.at(-1)!.slice(0, 16), 16));
  assert.match(run("etcdutl", "hashkv", path), /\d+/);
  assert.match(run("bbolt", "pages", path), /leaf/);
});

test("moving pages changes nothing that Go's tools see, and shortens the file", (context) => {
  const path = join(folderOf(context), "db");
  const expected = writeEtcdFile(path);
  const before = run("etcdutl", "hashkv", path);
  const database = Database.open({ disk: nodeDisk, path });
  const { size } = database;
  for (let round = 0; round < 3; round++) {
    const touch = new Operations();
    for (const key of expected.keys()) touch.delete(Buffer.from(key, "hex"));
    const options = { touch: new Map([["key", touch]]), mayShrink: true, fillOf: () => 1 };
    database.commitNow(new Batch(), options);
    database.commitNow(new Batch(), { mayShrink: true });
    database.truncateUnused();
    assert.deepEqual(database.check(), []);
  }
  assert.ok(database.size < size, `${database.size} < ${size}`);
  assert.equal(statSync(path).size, database.size);
  database.close();
  assert.equal(goCheck(path), "OK");
  assert.equal(run("etcdutl", "hashkv", path), before);
});

test("a stored freelist is read in both forms and is gone after a commit", (context) => {
  const folder = folderOf(context);
  const source = join(folder, "source");
  const expected = writeEtcdFile(source);
  const short = join(folder, "short");
  run("bbolt", "compact", "-o", short, source);
  const long = join(folder, "long");
  writeFreelist(source, long, 70_000);
  assert.equal(goCheck(long), "OK");
  for (const path of [short, long]) {
    const database = Database.open({ disk: nodeDisk, path });
    assert.ok(database.meta.freelist > 0);
    if (path === long) assert.ok(database.freePages > 0xffff);
    assert.deepEqual(database.check(), []);
    assert.deepEqual(keysOf(database), expected);
    const batch = new Batch();
    batch.put("meta", Buffer.from("term"), Buffer.alloc(8, 2));
    database.commitNow(batch);
    assert.equal(database.meta.freelist, -1);
    assert.deepEqual(database.check(), []);
    database.close();
    assert.equal(goCheck(path), "OK");
  }
});

function load(endpoint: string, compactAt: number): void {
  const words = ["--endpoints", endpoint, "--conns", "4", "--clients", "32", "put"];
  words.push("--total", "6000", "--key-space-size", "1500", "--val-size", "300");
  run("benchmark", ...words);
  run("etcdctl", "--endpoints", endpoint, "compact", `${compactAt}`, "--physical");
  run("etcdctl", "--endpoints", endpoint, "put", "after", "compaction");
}

test("a directory of Go's etcd is read, rewritten by us, and served by Go's etcd again", async (context) => {
  const data = join(folderOf(context), "data");
  await withEtcd(data, (endpoint) => load(endpoint, 2500));
  const path = join(data, "member/snap/db");
  const before = run("etcdutl", "hashkv", path);
  const database = Database.open({ disk: nodeDisk, path });
  assert.deepEqual(database.check(), []);
  assert.deepEqual(database.view.bucketNames(), etcdBuckets);
  const held = keysOf(database);
  assert.ok(held.size > 3500, `${held.size} keys`);
  const touch = new Operations();
  for (const key of held.keys()) touch.delete(Buffer.from(key, "hex"));
  database.commitNow(new Batch(), { touch: new Map([["key", touch]]), fillOf: () => 1 });
  assert.deepEqual(database.check(), []);
  assert.deepEqual(keysOf(database), held);
  database.close();
  assert.equal(goCheck(path), "OK");
  assert.equal(run("etcdutl", "hashkv", path), before);
  await withEtcd(data, (endpoint) => {
    assert.equal(run("etcdctl", "--endpoints", endpoint, "get", "after"), "after\ncompaction\n");
    load(endpoint, 7000);
  });
  assert.equal(goCheck(path), "OK");
  const again = Database.open({ disk: nodeDisk, path });
  assert.deepEqual(again.check(), []);
  again.close();
});
