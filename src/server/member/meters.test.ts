import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeUtf8 } from "../../base/index.ts";
import { errors } from "../../core/errors/index.ts";
import {
  encodeInternalRaftRequest,
  encodeKeyValue,
  encodePutRequest,
  encodeRangeResponse,
  encodeTxnResponse,
  makeInternalRaftRequest,
  makeKeyValue,
  makePutRequest,
  makeRangeRequest,
  makeRangeResponse,
  makeRequestHeader,
  makeTxnRequest,
  makeTxnResponse,
  type ResponseOp,
} from "../../core/proto/index.ts";
import { EntryType, newEntry } from "../../core/raft/index.ts";
import { type LogFields, silentLog } from "../../io/host/index.ts";
import type { PlainAnswer } from "./answer-text.ts";
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
    request: String.raw`header:<ID:77> put:<key:"a\000" value_size:6 >`,
    response: "",
    error: errors.noSpace(),
  });
  assert.equal(own.slowApplies, 1);
  assert.equal(own.applySeconds.failed.get("put")?.count, 2);
  assert.equal(own.requestSeconds.failed.get("put")?.sum, 2.00025);
});

const answerOf = (revision: number, bytes: Uint8Array): PlainAnswer => ({
  revision,
  body: { buffer: bytes, start: 0, at: bytes.length },
});

test("a slow range is told as a read", () => {
  const { lines, meters: own } = meters();
  const request = makeRangeRequest({ key: encodeUtf8("k"), serializable: true });
  const body = encodeRangeResponse(
    makeRangeResponse({ kvs: [encodeKeyValue(makeKeyValue())], count: 1 }),
  );
  own.ranged(request, answerOf(300, body), 250, 1);
  assert.deepEqual(lines[0]?.[1], {
    took: "250ms",
    "expected-duration": "100ms",
    prefix: "read-only range ",
    request: 'key:"k" serializable:true',
    response: `range_response_count:1 size:${body.length + 5}`,
  });
  assert.equal(own.rangeSeconds.ok.get("range")?.sum, 0.001);
});

test("a slow transaction that only reads tells of each of its ranges", () => {
  const { lines, meters: own } = meters();
  const range = (count: number): ResponseOp => {
    const kvs = Array.from({ length: count }, () =>
      encodeKeyValue(makeKeyValue({ key: encodeUtf8("k") })),
    );
    return { response: { case: "responseRange", value: makeRangeResponse({ kvs, count }) } };
  };
  const answer = makeTxnResponse({ succeeded: true, responses: [range(200), range(0)] });
  const body = encodeTxnResponse(answer);
  own.readTxn(makeTxnRequest({}), answerOf(1, body), 250);
  const [, fields] = lines[0]!;
  assert.equal(fields?.["prefix"], "read-only txn ");
  assert.equal(
    fields?.["response"],
    `responses:<range_response_count:200 range_response_count:0> size:${body.length + 4}`,
  );
  own.readTxn(makeTxnRequest({}), errors.compacted(), 250);
  assert.deepEqual(lines[1]?.[1]?.["error"], errors.compacted());
});
