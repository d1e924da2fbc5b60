import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bytesFromHex, concatBytes, hexOf, id64Low } from "../../base/index.ts";
import {
  decodeInternalRaftRequest,
  decodePutRequest,
  encodeInternalRaftRequest,
  encodePutRequest,
  internalRaftRequestNumber,
  makeInternalRaftRequest,
  makePutRequest,
  makeRequestHeader,
  messageDescriptors,
  requestIdLow48,
  sizeInternalRaftRequest,
} from "./index.ts";

const header = makeRequestHeader({ ID: 0x9eee_0192_8374_6501n });

test("a client's request goes into the entry as it came, unknown fields and all", () => {
  const value = concatBytes([
    encodePutRequest(makePutRequest({ key: bytesFromHex("61"), value: bytesFromHex("62") })),
    bytesFromHex("f206020102"),
  ]);
  const request = makeInternalRaftRequest({ header, request: { case: "put", value } });
  const bytes = encodeInternalRaftRequest(request);
  assert.equal(bytes.length, sizeInternalRaftRequest(request));
  const back = decodeInternalRaftRequest(bytes);
  assert.deepEqual(back, request);
  assert.equal(decodePutRequest(back.request!.value).key[0], 0x61);
});

test("the header stands where its field number puts it: behind put, before what is above 100", () => {
  const empty = new Uint8Array(0);
  const of = (request: "put" | "authEnable"): string =>
    hexOf(
      encodeInternalRaftRequest(
        makeInternalRaftRequest({
          header: makeRequestHeader({ ID: 1n }),
          request: { case: request, value: empty },
        }),
      ),
    );
  assert.equal(of("put"), "2200" + "a206020801");
  assert.equal(of("authEnable"), "a206020801" + "c23e00");
});

test("every kind of request travels under its own number", () => {
  const fields = messageDescriptors["etcdserverpb.InternalRaftRequest"]!.fields;
  for (const field of fields.filter(({ oneof }) => oneof === "request")) {
    const kind = field.property as Parameters<typeof internalRaftRequestNumber>[0];
    assert.equal(internalRaftRequestNumber(kind), field.number);
    const request = { case: kind, value: bytesFromHex("0a0161") };
    const bytes = encodeInternalRaftRequest(makeInternalRaftRequest({ header, request }));
    assert.deepEqual(decodeInternalRaftRequest(bytes).request, request);
  }
});

test("of two requests in one entry the first in etcd's order of dispatch counts", () => {
  const range = "1a030a0161";
  const put = "22030a0162";
  const version = "a251070a05332e372e30";
  const kindOf = (hex: string): string | undefined =>
    decodeInternalRaftRequest(bytesFromHex(hex)).request?.case;
  assert.equal(kindOf(range + put), "range");
  assert.equal(kindOf(put + range), "range");
  assert.equal(kindOf(put + range + version), "clusterVersionSet");
  assert.equal(kindOf(version + put), "clusterVersionSet");
});

test("two occurrences of one request merge", () => {
  const bytes = bytesFromHex("22030a0161" + "2203120162" + "22030a0163");
  const { request } = decodeInternalRaftRequest(bytes);
  const put = decodePutRequest(request!.value);
  assert.equal(hexOf(put.key), "63");
  assert.equal(hexOf(put.value), "62");
});

test("the lower half of a request id is read without decoding the entry", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.uint8Array(), (ID, value) => {
      const bytes = encodeInternalRaftRequest(
        makeInternalRaftRequest({
          header: makeRequestHeader({ ID, username: "root", authRevision: 3 }),
          request: { case: "txn", value },
        }),
      );
      const low48 = requestIdLow48(bytes);
      assert.equal(BigInt(low48), ID & 0xffff_ffff_ffffn);
      assert.equal(low48 % 2 ** 32, id64Low(ID));
    }),
  );
  assert.equal(requestIdLow48(bytesFromHex("0807a206020801")), 7);
  assert.equal(requestIdLow48(new Uint8Array(0)), 0);
});
