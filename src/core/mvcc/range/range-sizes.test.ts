import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, decodeUtf8, zeroId } from "../../../base/index.ts";
import { decodeKeyValue, decodeRangeResponse, makeRangeRequest } from "../../proto/index.ts";
import { ByteWriter, MemoryBackend, Store } from "../index.ts";

const text = bytesFromLatin1;

test("answers of every number of keys are whole, one after another, however much memory they share", () => {
  const store = new Store(new MemoryBackend());
  const request = makeRangeRequest({ key: text("k/"), rangeEnd: text("k0") });
  for (let keys = 1; keys <= 400; keys++) {
    const tx = store.write();
    tx.put(text(`k/${String(keys).padStart(4, "0")}`), text(`value ${keys}`), zeroId);
    tx.end();
    const writer = new ByteWriter(16);
    store.ranges.write(request, writer);
    const { kvs } = decodeRangeResponse(writer.buffer.slice(writer.start, writer.at));
    assert.equal(kvs.length, keys);
    assert.equal(decodeUtf8(decodeKeyValue(kvs.at(-1)!).value), `value ${keys}`);
    if (keys % 3 === 0) writer.release();
  }
});
