import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../../base/index.ts";
import { errors } from "../../core/errors/index.ts";
import {
  encodeInternalRaftRequest,
  encodePutRequest,
  makeInternalRaftRequest,
  makePutRequest,
  makeRangeRequest,
  makeRequestHeader,
} from "../../core/proto/index.ts";
import { EntryType, newEntry } from "../../core/raft/index.ts";
import { type LogFields, silentLog } from "../../io/host/index.ts";
import { MemberMeters } from "./meters.ts";

const put = encodeInternalRaftRequest(
  makeInternalRaftRequest({
    header: makeRequestHeader({ ID: 77n }),
    request: {
      case: "put",
      value: encodePutRequest(
        makePutRequest({ key: encodeUtf8("a\0"), value: encodeUtf8("secret") }),
      ),
    },
  }),
);

function meters(): { lines: [string, LogFields | undefined][]; meters: MemberMeters } {
  const lines: [string, LogFields | undefined][] = [];
  const log = {
    ...silentLog,
    warn: (message: string, fields?: LogFields) => void lines.push([message, fields]),
  };
  return { lines, meters: new MemberMeters(log, 100) };
}

test("an entry that takes too long is told with its request, but not its value", () => {
  const { lines, meters: own } = meters();
  const refused = { requestId: 77n, kind: "put", outcome: errors.noSpace() } as const;
  own.applied(newEntry(EntryType.EntryNormal, put), refused, 0, 100);
  assert.equal(lines.length, 0);
  own.applied(newEntry(EntryType.EntryNormal, put, { sinceMs: -500 }), refused, 0, 1500.25);
  const [message, fields] = lines[0]!;
  assert.equal(message, "apply request took too long");
  assert.deepEqual(fields, {
    took: "1.50025s",
    "expected-duration": "100ms",
    prefix: "",
    request: String.raw`header:<ID:77 > put:<key:"a\x00" value_size:6 >`,
    response: "",
    error: errors.noSpace(),
  });
  assert.equal(own.slowApplies, 1);
  assert.equal(own.applySeconds.failed.get("put")?.count, 2);
  assert.equal(own.requestSeconds.failed.get("put")?.sum, 2.00025);
});

test("a slow range is told as a read", () => {
  const { lines, meters: own } = meters();
  own.ranged(makeRangeRequest({ key: encodeUtf8("k"), serializable: true }), 12, 250, 1);
  assert.deepEqual(lines[0]?.[1], {
    took: "250ms",
    "expected-duration": "100ms",
    prefix: "read-only range ",
    request: 'key:"k" serializable:true',
    response: "size:12",
  });
  assert.equal(own.rangeSeconds.ok.get("range")?.sum, 0.001);
});
