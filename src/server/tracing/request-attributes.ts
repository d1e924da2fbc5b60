// What etcd tells of a request in its spans (etcdserver/v3_server.go, tracing.go): keys, never values.
import type { Attributes } from "@opentelemetry/api";
import { isReadOnlyTxn } from "../../core/apply/index.ts";
import {
  decodeCompactionRequest,
  decodeDeleteRangeRequest,
  decodeLeaseGrantRequest,
  decodeLeaseKeepAliveRequest,
  decodeLeaseRevokeRequest,
  decodePutRequest,
  decodeRangeRequest,
  decodeTxnRequest,
  type RequestOp,
} from "../../core/proto/index.ts";

export interface Described {
  readonly name: string;
  readonly attributes: Attributes;
}

type Describe = (request: Uint8Array) => Attributes;

const decoder = new TextDecoder();
const text = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Ids are 64-bit; one that a number does not hold is told as text. */
function id(value: bigint): number | string {
  const signed = BigInt.asIntN(64, value);
  const near = Number(signed);
  return Number.isSafeInteger(near) ? near : String(signed);
}

function rangeAttributes(bytes: Uint8Array): Attributes {
  const { key, rangeEnd, revision, limit, countOnly } = decodeRangeRequest(bytes);
  return {
    range_begin: text(key),
    range_end: text(rangeEnd),
    rev: revision,
    limit,
    count_only: countOnly,
  };
}

function txnAttributes(bytes: Uint8Array): Attributes {
  const request = decodeTxnRequest(bytes);
  const { compare, success, failure } = request;
  const firstPut = success.find((op) => op.request?.case === "requestPut")?.request;
  const firstLease = firstPut?.case === "requestPut" ? id(firstPut.value.lease) : -1;
  return {
    compare_first_key: text(compare.find(({ key }) => key.length > 0)?.key ?? new Uint8Array()),
    success_first_key: firstKey(success),
    success_first_type: firstType(success),
    success_first_lease: firstLease,
    compare_len: compare.length,
    success_len: success.length,
    failure_len: failure.length,
    read_only: isReadOnlyTxn(request),
  };
}

function firstKey(ops: readonly RequestOp[]): string {
  for (const { request } of ops) {
    const key = keyOf(request);
    if (key !== undefined && key.length > 0) return text(key);
  }
  return "";
}

const keyOf = (request: RequestOp["request"]): Uint8Array | undefined =>
  request === undefined || request.case === "requestTxn" ? undefined : request.value.key;

const typeNames: Readonly<Record<string, string>> = {
  requestPut: "put",
  requestRange: "range",
  requestDeleteRange: "delete_range",
  requestTxn: "txn",
};

const firstType = (ops: readonly RequestOp[]): string =>
  typeNames[ops.find(({ request }) => request !== undefined)?.request?.case ?? ""] ?? "";

const described: Readonly<Record<string, readonly [name: string, of: Describe]>> = {
  "/etcdserverpb.KV/Range": [
    "range",
    (bytes) => ({ ...rangeAttributes(bytes), keys_only: decodeRangeRequest(bytes).keysOnly }),
  ],
  "/etcdserverpb.KV/RangeStream": ["range_streaming", rangeAttributes],
  "/etcdserverpb.KV/Put": ["put", (bytes) => ({ key: text(decodePutRequest(bytes).key) })],
  "/etcdserverpb.KV/DeleteRange": [
    "delete_range",
    (bytes) => {
      const { key, rangeEnd } = decodeDeleteRangeRequest(bytes);
      return { range_begin: text(key), range_end: text(rangeEnd) };
    },
  ],
  "/etcdserverpb.KV/Txn": ["txn", txnAttributes],
  "/etcdserverpb.KV/Compact": [
    "compact",
    (bytes) => {
      const { physical, revision } = decodeCompactionRequest(bytes);
      return { is_physical: physical, rev: revision };
    },
  ],
  "/etcdserverpb.Lease/LeaseGrant": [
    "lease_grant",
    (bytes) => {
      const { ID, TTL } = decodeLeaseGrantRequest(bytes);
      return { id: id(ID), ttl: TTL };
    },
  ],
  "/etcdserverpb.Lease/LeaseRevoke": [
    "lease_revoke",
    (bytes) => ({ id: id(decodeLeaseRevokeRequest(bytes).ID) }),
  ],
  "/etcdserverpb.Lease/LeaseKeepAlive": [
    "lease_renew",
    (bytes) => ({ id: id(decodeLeaseKeepAliveRequest(bytes).ID) }),
  ],
};

/** Undefined for methods etcd tells nothing more of, and for what is no request. */
export function describe(path: string, request: Uint8Array): Described | undefined {
  const entry = described[path];
  if (entry === undefined) return undefined;
  const [name, attributesOf] = entry;
  try {
    return { name, attributes: attributesOf(request) };
  } catch {
    // The method says what is wrong with it.
    return undefined;
  }
}
