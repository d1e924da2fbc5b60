import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, concatBytes, crc32c, zeroId } from "../../../base/index.ts";
import { BackendHash, MemoryBackend, memberHashIgnores, revisionKey, Store } from "../index.ts";

const text = bytesFromLatin1;

test("Hash covers every bucket in name order, without what members differ in", () => {
  const backend = new MemoryBackend();
  const store = new Store(backend);
  for (const key of ["a", "b"]) {
    const tx = store.write();
    tx.put(text(key), text("v"), zeroId);
    tx.end();
  }
  backend.put("lease", text("2"), text("two"));
  backend.put("lease", text("1"), text("one"));
  backend.put("meta", text("term"), text("7"));
  backend.put("meta", text("confState"), text("{}"));
  const records = [2, 3].flatMap((main, at) => [
    revisionKey(main, 0),
    concatBytes([
      text(`\x0a\x01${"ab"[at]!}\x10`),
      Uint8Array.of(main, 0x18, main, 0x20, 1),
      text("\x2a\x01v"),
    ]),
  ]);
  const parts = [
    ...["alarm", "auth", "authRoles", "authUsers", "cluster", "key"].map(text),
    ...records,
    ...["lease", "1", "one", "2", "two", "members", "members_removed", "meta"].map(text),
    ...["confState", "{}"].map(text),
  ];
  const expected = crc32c(0, concatBytes(parts));
  for (const budget of [1, 2, 100]) {
    const hash = new BackendHash(backend, memberHashIgnores);
    let result = hash.step(budget);
    while (result === undefined) result = hash.step(budget);
    assert.equal(result, expected);
  }
  const all = new BackendHash(backend, new Map()).step(100);
  assert.notEqual(all, expected);
});
