import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerCall } from "../../io/grpc/index.ts";
import { type Clock, type LogFields, silentLog } from "../../io/host/index.ts";
import { requestStats } from "./request-stats.ts";

const clock = { wallMs: () => 1000 } as Clock;
const call = { path: "/etcdserverpb.KV/Put", peer: { address: "127.0.0.1:1" } } as ServerCall;

test("a call that took longer than the flag says is warned of with etcd's fields", () => {
  const lines: (LogFields | undefined)[] = [];
  const log = { ...silentLog, warn: (_: string, fields?: LogFields) => void lines.push(fields) };
  const stats = requestStats(300, log, clock);
  assert.equal(stats.thresholdMs, 300);
  stats.report(call, { tookMs: 1500, requestBytes: 7, responseBytes: 28 });
  assert.deepEqual(lines, [
    {
      "start time": "1969-12-31T23:59:59.500Z",
      "time spent": "1.5s",
      remote: "127.0.0.1:1",
      "response type": "/etcdserverpb.KV/Put",
      "request count": -1,
      "request size": 7,
      "response count": -1,
      "response size": 28,
      "request content": "",
    },
  ]);
});

test("at debug level every call is told of", () => {
  const lines: string[] = [];
  const debug = (message: string): void => void lines.push(message);
  const stats = requestStats(300, { ...silentLog, debugging: true, debug }, clock);
  assert.equal(stats.thresholdMs, 0);
  stats.report(call, { tookMs: 0.5, requestBytes: 7, responseBytes: 28 });
  assert.deepEqual(lines, ["request stats"]);
});
