// Leases as replicated requests: grant, revoke, checkpoint (applierV3backend's Lease methods).
import { assert, type Id64 } from "../../base/index.ts";
import type { LeaseRecord } from "../lease/index.ts";
import type { Changes } from "../mvcc/index.ts";
import {
  encodeLease,
  encodeLeaseCheckpointResponse,
  encodeLeaseGrantResponse,
  encodeLeaseRevokeResponse,
  type LeaseCheckpointRequest,
  type LeaseGrantRequest,
  makeLease,
  makeLeaseCheckpointResponse,
  makeLeaseGrantResponse,
  makeLeaseRevokeResponse,
} from "../proto/index.ts";
import { type Answer, answer } from "./answer.ts";
import { carryOut, type Machine } from "./machine.ts";

/** Bucket `lease`: eight bytes, big-endian. */
function leaseKey(id: Id64): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, id);
  return bytes;
}

function save(machine: Machine, record: LeaseRecord): void {
  const lease = makeLease({ ID: record.id, TTL: record.ttl, remainingTTL: record.remainingTtl });
  machine.store.backend.put("lease", leaseKey(record.id), encodeLease(lease));
}

/** @throws leaseExist, leaseTTLTooLarge */
export function applyLeaseGrant(machine: Machine, request: LeaseGrantRequest): Answer {
  const record = machine.lessor.grant(request.ID, request.TTL, machine.nowMs());
  save(machine, record);
  const { id: ID, ttl: TTL } = record;
  return answer(machine.store.currentRevision, (header) =>
    encodeLeaseGrantResponse(makeLeaseGrantResponse({ header, ID, TTL })),
  );
}

/**
 * Deletes the keys of the lease in byte order, all in one revision, then the lease.
 * @throws leaseNotFound
 */
export function applyLeaseRevoke(machine: Machine, id: Id64): Answer {
  const keys = machine.lessor.keysToRevoke(id);
  const changes = deleteKeys(machine, keys);
  machine.lessor.drop(id);
  machine.store.backend.delete("lease", leaseKey(id));
  carryOut(machine, changes);
  return answer(machine.store.currentRevision, (header) =>
    encodeLeaseRevokeResponse(makeLeaseRevokeResponse({ header })),
  );
}

function deleteKeys(machine: Machine, keys: readonly Uint8Array[]): Changes {
  const tx = machine.store.write();
  for (const key of keys) {
    const deleted = tx.deleteRange(key, "single");
    assert(deleted === 1, "a key attached to a lease exists");
  }
  return tx.end();
}

/** Before 3.6 a checkpoint was lost with the process (lessor.shouldPersistCheckpoints). */
function persistsCheckpoints({ lessor, cluster }: Machine): boolean {
  const [major = 0, minor = 0] = (cluster.version ?? "0").split(".").map(Number);
  return lessor.persistsCheckpoints || major > 3 || (major === 3 && minor >= 6);
}

export function applyLeaseCheckpoint(machine: Machine, request: LeaseCheckpointRequest): Answer {
  for (const { ID, remainingTTL } of request.checkpoints) {
    const record = machine.lessor.checkpoint(ID, remainingTTL, machine.nowMs());
    if (record !== undefined && persistsCheckpoints(machine)) save(machine, record);
  }
  return answer(machine.store.currentRevision, (header) =>
    encodeLeaseCheckpointResponse(makeLeaseCheckpointResponse({ header })),
  );
}
