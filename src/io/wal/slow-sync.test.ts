import assert from "node:assert/strict";
import { test } from "node:test";
import { diskHost } from "../../../sim/disk-host.ts";
import { type Clock, type LogFields, silentLog } from "../host/index.ts";
import { createWal } from "./index.ts";

/** What is warned of when every look at the clock finds so much time gone. */
function warnings(lookMs: number): (readonly [string, LogFields | undefined])[] {
  const host = diskHost();
  host.disk.mkdir("/member");
  let nowMs = 0;
  const clock = Object.create(host.clock, {
    nowMs: { value: () => (nowMs += lookMs) },
  }) as Clock;
  const lines: (readonly [string, LogFields | undefined])[] = [];
  const warn = (message: string, fields?: LogFields): void => void lines.push([message, fields]);
  const log = { ...silentLog, warn };
  const options = { disk: host.disk, clock, log, directory: "/member/wal", zeroAheadBytes: 0 };
  const wal = createWal(options, Uint8Array.of(1));
  const entry = { term: 1, index: 1, type: 0, data: Uint8Array.of(1) };
  wal.save({ term: 1, vote: 9n, commit: 0 }, [entry], () => {});
  host.settle();
  return lines;
}

test("a sync of more than a second is warned of as etcd does", () => {
  const slow = ["slow fdatasync", { took: "1.5s", "expected-duration": "1s" }];
  assert.deepEqual(warnings(1500).at(-1), slow);
  assert.deepEqual(warnings(1000), []);
});
