import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeTxnRequest, makePutRequest, makeTxnRequest } from "../../core/proto/index.ts";
import type { CallStats, ServerCall } from "../../io/grpc/index.ts";
import { type Clock, type LogFields, silentLog } from "../../io/host/index.ts";
import { requestStats } from "./request-stats.ts";

const clock = { wallMs: () => 1000 } as Clock;
const callOf = (path: string): ServerCall =>
  ({ path, peer: { address: "127.0.0.1:1" } }) as ServerCall;

/** The fields of the line that a slow call of the method leaves. */
function lineOf(path: string, stats: Partial<CallStats>): LogFields {
  const lines: LogFields[] = [];
  const log = { ...silentLog, warn: (_: string, fields?: LogFields) => void lines.push(fields!) };
  const whole = { request: undefined, response: undefined, ...stats };
  const sizes = { tookMs: 1500, requestBytes: 7, responseBytes: 28 };
  requestStats(300, log, clock).report(callOf(path), { ...sizes, ...whole });
  assert.equal(lines.length, 1);
  return lines[0]!;
}

const answer = (...bytes: number[]): CallStats["response"] => {
  const all = Uint8Array.of(0x0a, 2, 0x20, 7, ...bytes);
  return { head: all, tail: all };
};

test("a call that took longer than the flag says is warned of with etcd's fields", () => {
  assert.equal(requestStats(300, silentLog, clock).thresholdMs, 300);
  const request = Uint8Array.of(0x0a, 1, 0x61, 0x12, 2, 0x62, 0x63);
  assert.deepEqual(lineOf("/etcdserverpb.KV/Put", { request, response: answer() }), {
    "start time": "1969-12-31T23:59:59.500Z",
    "time spent": "1.5s",
    remote: "127.0.0.1:1",
    "response type": "/etcdserverpb.KV/Put",
    "request count": 1,
    "request size": 7,
    "response count": 0,
    "response size": 28,
    "request content": 'key:"a" value_size:2 ',
  });
});

test("nothing is known of other methods, and little of a call that failed", () => {
  const other = lineOf("/etcdserverpb.Lease/LeaseGrant", {});
  const counted = ["request count", "request size", "response count", "response size"];
  assert.deepEqual(
    counted.map((name) => other[name]),
    [-1, -1, -1, -1],
  );
  const failed = lineOf("/etcdserverpb.KV/Range", { responseBytes: -1 });
  assert.deepEqual(
    counted.map((name) => failed[name]),
    [0, 7, 0, 0],
  );
});

test("what a range counted is read at the end of its answer, what was deleted after the header", () => {
  const range = "/etcdserverpb.KV/Range";
  const count = (response: CallStats["response"], responseBytes: number): unknown =>
    lineOf(range, { response, responseBytes })["response count"];
  assert.equal(count(answer(), 4), 0, "the term in the header is no count");
  assert.equal(count(answer(0x12, 1, 0, 0x20, 0xac, 0x02), 10), 300);
  const deleted = lineOf("/etcdserverpb.KV/DeleteRange", { response: answer(0x10, 5) });
  assert.equal(deleted["response count"], 5);
});

test("of a transaction the operations of the branch that was taken are counted", () => {
  const put = { case: "requestPut" as const, value: makePutRequest({ key: Uint8Array.of(0x61) }) };
  const txn = makeTxnRequest({ success: [{ request: put }, { request: put }], failure: [] });
  const request = encodeTxnRequest(txn);
  const path = "/etcdserverpb.KV/Txn";
  const taken = lineOf(path, { request, response: answer(0x10, 1) });
  assert.deepEqual([taken["request count"], taken["request size"]], [2, 10]);
  assert.equal(
    taken["request content"],
    'compare:<> success:<request_put:<key:"a" > request_put:<key:"a" >> failure:<>',
  );
  const other = lineOf(path, { request, response: answer() });
  assert.deepEqual([other["request count"], other["request size"]], [0, 0]);
});

test("at debug level every call is told of, and a slow one no otherwise", () => {
  const lines: string[] = [];
  const debug = (message: string): void => void lines.push(message);
  const stats = requestStats(300, { ...silentLog, debugging: true, debug }, clock);
  assert.equal(stats.thresholdMs, 0);
  const rest = { requestBytes: 7, responseBytes: 28, request: undefined, response: undefined };
  for (const tookMs of [0.5, 1500]) stats.report(callOf("/x"), { tookMs, ...rest });
  assert.deepEqual(lines, ["request stats", "request stats"]);
});
