import { formatDuration } from "../../base/index.ts";
import { decodeTxnRequest, sizeRequestOp } from "../../core/proto/index.ts";
import type { CallStats, SlowCalls } from "../../io/grpc/index.ts";
import type { Clock, Log } from "../../io/host/index.ts";
import { messageText } from "../member/index.ts";

/** etcd's word for a number it does not know. */
const unknown = -1;
const continued = 0x80;

interface Counts {
  readonly requests: number;
  readonly requestBytes: number;
  readonly responses: number;
}

/** What is counted of a method, and the type its content is printed as. */
interface Counted {
  readonly type: string;
  count(stats: CallStats): Counts;
}

const methods: Readonly<Record<string, Counted>> = {
  "/etcdserverpb.KV/Range": {
    type: "etcdserverpb.RangeRequest",
    count: (stats) => counts(stats, 0, rangeCount(stats)),
  },
  "/etcdserverpb.KV/Put": {
    type: "etcdserverpb.PutRequest",
    count: (stats) => counts(stats, 1, 0),
  },
  "/etcdserverpb.KV/DeleteRange": {
    type: "etcdserverpb.DeleteRangeRequest",
    count: (stats) => counts(stats, 0, secondField(stats)),
  },
  "/etcdserverpb.KV/Txn": { type: "etcdserverpb.TxnRequest", count: txnCounts },
};

/**
 * `request stats` of unary calls: a warning above --warning-unary-request-duration; at debug level
 * every call, and slow ones no otherwise (v3rpc/interceptor.go logUnaryRequestStats). Values are
 * shown by their size.
 */
export function requestStats(warningMs: number, log: Log, clock: Clock): SlowCalls {
  return {
    thresholdMs: log.debugging ? 0 : warningMs,
    report: (call, stats) => {
      const { tookMs, request, responseBytes } = stats;
      const method = methods[call.path];
      const found = method?.count(stats);
      const isShown = method !== undefined && request !== undefined;
      const fields = {
        "start time": new Date(clock.wallMs() - tookMs).toISOString(),
        "time spent": formatDuration(tookMs),
        remote: call.peer.address,
        "response type": call.path,
        "request count": found?.requests ?? unknown,
        "request size": found?.requestBytes ?? unknown,
        "response count": found?.responses ?? unknown,
        "response size": found === undefined ? unknown : Math.max(responseBytes, 0),
        "request content": isShown ? messageText(method.type, request) : "",
      };
      if (log.debugging) log.debug("request stats", fields);
      else log.warn("request stats", fields);
    },
  };
}

const counts = ({ requestBytes }: CallStats, requests: number, responses: number): Counts => ({
  requests,
  requestBytes,
  responses,
});

/** Of a transaction the branch that was taken counts; of one that failed, nothing. */
function txnCounts(stats: CallStats): Counts {
  const { request, response } = stats;
  if (request === undefined || response === undefined) return counts(stats, 0, 0);
  const { success, failure } = decodeTxnRequest(request);
  const taken = secondField(stats) === 1 ? success : failure;
  const requestBytes = taken.reduce((sum, each) => sum + sizeRequestOp(each), 0);
  return { requests: taken.length, requestBytes, responses: 0 };
}

/** The varint that follows an answer's header as its second field: `deleted`, `succeeded`; else 0. */
function secondField({ response }: CallStats): number {
  if (response === undefined) return 0;
  const { head } = response;
  const at = 2 + head[1]!;
  return head[at] === 0x10 ? varintAt(head, at + 1) : 0;
}

/** A range's `count`, the last field of its answer; an answer of none is its header alone. */
function rangeCount({ response, responseBytes }: CallStats): number {
  if (response === undefined) return 0;
  const { head, tail } = response;
  if (2 + head[1]! === responseBytes) return 0;
  let at = tail.length - 1;
  while (at > 0 && tail[at - 1]! >= continued) at--;
  return tail[at - 1] === 0x20 ? varintAt(tail, at) : unknown;
}

function varintAt(bytes: Uint8Array, from: number): number {
  let [value, unit] = [0, 1];
  for (let at = from; ; at++) {
    const octet = bytes[at] ?? 0;
    value += (octet & (continued - 1)) * unit;
    if (octet < continued) return value;
    unit *= continued;
  }
}
