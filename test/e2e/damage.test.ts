// A bit that the disk changed: Go's etcd serves it; ours must find it before a client sees it.
import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { etcdctl } from "./command.ts";
import { databaseOf, inspectDatabase } from "./directory.ts";
import { ServerProcess } from "./server-process.ts";

/** Flips one bit in the middle of a value, past the cache of whoever has the file open. */
function flipBitOf(file: string, value: string): number {
  const bytes = readFileSync(file);
  // Copy on write leaves older copies about; all are damaged, so that the one in force is.
  let at = bytes.indexOf(value);
  assert.ok(at > 0, "the value is in the file");
  const found = at;
  const descriptor = openSync(file, "r+");
  for (; at > 0; at = bytes.indexOf(value, at + 1)) {
    writeSync(descriptor, Buffer.of(bytes[at + 9]! ^ 4), 0, 1, at + 9);
  }
  closeSync(descriptor);
  return found;
}

test("a flipped bit in a stored value stops the start with file, offset and advice", async () => {
  const value = "the value that is damaged later on";
  await using server = await ServerProcess.start({ kind: "quorate" });
  for (let key = 0; key < 50; key++) {
    const done = await etcdctl(server.endpoint, ["put", `key${key}`, `${value} ${key}`]);
    assert.equal(done.code, 0, done.stderr);
  }
  await server.end("SIGTERM");
  const database = databaseOf(server.dataDirectory);
  await inspectDatabase(database);
  flipBitOf(database, `${value} 20`);
  await assert.rejects(server.restart(), (error: Error) => {
    assert.match(error.message, /member\/snap\/db: offset \d+: page \d+: checksum mismatch/);
    assert.match(error.message, /Restore this member from a snapshot/);
    return true;
  });
});

test("after etcd has written to the directory our checksums are made anew, nothing is refused", async () => {
  await using server = await ServerProcess.start({ kind: "quorate" });
  for (const kind of ["etcd", "quorate", "etcd", "quorate"] as const) {
    const put = await etcdctl(server.endpoint, ["put", "turn", kind]);
    assert.equal(put.code, 0, put.stderr);
    await server.end("SIGTERM");
    await server.handOver(kind);
    const got = await etcdctl(server.endpoint, ["get", "turn", "--print-value-only"]);
    assert.equal(got.stdout.trim(), kind);
  }
});
