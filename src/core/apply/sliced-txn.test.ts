import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesFromLatin1, concatBytes, equalBytes, ownBytes, zeroId } from "../../base/index.ts";
import { MemoryBackend, type PiecedWriter, Store } from "../mvcc/index.ts";
import {
  CompareResult,
  CompareTarget,
  makeCompare,
  makePutRequest,
  makeRangeRequest,
  makeRequestOp,
  makeTxnRequest,
  type RangeRequest,
  type RequestOp,
  SortOrder,
  SortTarget,
} from "../proto/index.ts";
import { errors } from "../errors/index.ts";
import { SlicedTxn } from "./sliced-txn.ts";
import { applyTxn } from "./txn.ts";

const text = bytesFromLatin1;
const keys = 9000;
const noLeases = { leaseExists: () => false };

function put(store: Store, key: string, value: string): void {
  const tx = store.write();
  tx.put(text(key), text(value), zeroId);
  tx.end();
}

function filled(): Store {
  const store = new Store(new MemoryBackend());
  for (let at = 0; at < keys; at++) put(store, `k/${String(at).padStart(5, "0")}`, "v");
  return store;
}

const range = (more: Partial<RangeRequest> = {}): RequestOp => {
  const value = makeRangeRequest({ key: text("k/"), rangeEnd: text("k0"), ...more });
  return makeRequestOp({ request: { case: "requestRange", value } });
};
const single = range({ key: text("k/00007"), rangeEnd: new Uint8Array(0) });
const byVersion = { sortTarget: SortTarget.VERSION, sortOrder: SortOrder.DESCEND, limit: 3 };

const bytesOf = ({ pieces }: PiecedWriter): Uint8Array =>
  concatBytes(pieces.map(({ buffer, start, at }) => buffer.subarray(start, at)));

function atOnce(store: Store, success: RequestOp[]): Uint8Array {
  const { body } = applyTxn(store, makeTxnRequest({ success }), noLeases).response;
  return ownBytes(body!.buffer.subarray(body!.start, body!.at));
}

test("a transaction of large ranges is answered in steps as it is at once, whatever comes between", () => {
  for (const success of [
    [range()],
    [single, range(), range({ countOnly: true }), single, range({ limit: 5000 }), single],
    [range({ revision: 4000 }), range(byVersion), range({ keysOnly: true })],
  ]) {
    const store = filled();
    const expected = atOnce(store, success);
    const { readRevision } = store;
    const sliced = SlicedTxn.of(store, makeTxnRequest({ success }));
    assert.ok(sliced !== undefined);
    let steps = 1;
    for (; !sliced.step(); steps++) {
      put(store, "k/00007", `later ${steps}`);
      if (steps === 1) store.compact(store.currentRevision);
      store.compactStep(Infinity);
    }
    assert.ok(steps > 1);
    assert.equal(sliced.headerRevision, readRevision);
    assert.ok(equalBytes(bytesOf(sliced.body), expected));
    // Nothing is pinned any more.
    assert.ok(store.compactStep(Infinity));
  }
});

test("the arm that the comparisons choose is read", () => {
  const store = filled();
  const compare = [
    makeCompare({
      key: text("k/00001"),
      target: CompareTarget.VERSION,
      result: CompareResult.EQUAL,
      targetUnion: { case: "version", value: 5 },
    }),
  ];
  const request = makeTxnRequest({ compare, success: [single], failure: [range()] });
  const { body } = applyTxn(store, request, noLeases).response;
  const expected = ownBytes(body!.buffer.subarray(body!.start, body!.at));
  const sliced = SlicedTxn.of(store, request)!;
  while (!sliced.step()) continue;
  assert.ok(equalBytes(bytesOf(sliced.body), expected));
});

test("writes, small reads and refusals are not sliced; one given up holds nothing", () => {
  const store = filled();
  const value = makePutRequest({ key: text("a") });
  const putting = makeRequestOp({ request: { case: "requestPut", value } });
  const of = (...success: RequestOp[]): SlicedTxn | undefined =>
    SlicedTxn.of(store, makeTxnRequest({ success }));
  assert.equal(of(range(), putting), undefined);
  assert.equal(of(single, range({ limit: 10 })), undefined);
  assert.throws(() => of(range(), range({ revision: keys + 100 })), errors.futureRev());
  const given = of(range(), range())!;
  given.step();
  store.compact(100);
  given.cancel();
  assert.ok(store.compactStep(Infinity));
});
