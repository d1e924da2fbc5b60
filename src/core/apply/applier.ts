// The replicated machine: a committed entry in, its answer and its changes out. The same entries make
// the same state on every member (etcdserver/apply/uber_applier.go).
import { type Id64, zeroId } from "../../base/index.ts";
import { EtcdError, errors } from "../errors/index.ts";
import {
  type ConfChange,
  type ConfState,
  decodeAlarmRequest,
  decodeClusterMemberAttrSetRequest,
  decodeClusterVersionSetRequest,
  decodeCompactionRequest,
  decodeConfChange,
  decodeDeleteRangeRequest,
  decodeDowngradeInfoSetRequest,
  decodeInternalRaftRequest,
  decodeLeaseCheckpointRequest,
  decodeLeaseGrantRequest,
  decodeLeaseRevokeRequest,
  decodePutRequest,
  decodeTxnRequest,
  type InternalRaftRequestRequest,
  makeCompactionRequest,
  type RequestHeader,
} from "../proto/index.ts";
import { applyAlarm } from "./alarm.ts";
import type { AuthInfo } from "../auth/index.ts";
import { applyAuth, type AuthRequestCase } from "./auth.ts";
import { checkDeleteRangeAuth, checkLeaseWrite, checkPutAuth, checkTxnAuth } from "./auth-check.ts";
import { type Answer, answer, type Response } from "./answer.ts";
import type { KvOutcome, LeaseLookup } from "./kv-outcome.ts";
import {
  applyClusterVersion,
  applyDowngrade,
  applyMemberAttributes,
  applyMembership,
  changeOf,
} from "./cluster.ts";
import { leaseGrantBytes, putBytes, putCost, refusedBy } from "./gates.ts";
import { applyCompaction } from "./compact.ts";
import { applyDeleteRange } from "./delete-range.ts";
import { applyLeaseCheckpoint, applyLeaseGrant, applyLeaseRevoke } from "./lease.ts";
import { carryOut, type Machine } from "./machine.ts";
import { applyPut } from "./put.ts";
import { applyTxn } from "./txn.ts";

export type Outcome = Response | EtcdError;

export interface EntryOutcome {
  /** Of the request in the entry; 0 when it has none. */
  readonly requestId: Id64;
  readonly outcome: Outcome;
  /** What the request was; undefined when nothing was done for it. */
  readonly kind?: InternalRaftRequestRequest["case"] | undefined;
}

/** The part of raft that puts a conf change into force. */
export interface ConfChangeTaker {
  applyConfChange(change: ConfChange): ConfState;
}

export class Applier {
  readonly #machine: Machine;
  readonly #leases: LeaseLookup;
  #consistentIndex: number;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#leases = { leaseExists: (id) => machine.lessor.has(id) };
    this.#consistentIndex = machine.records.consistentIndex();
  }

  /** The last entry whose effects are in the backend. */
  get consistentIndex(): number {
    return this.#consistentIndex;
  }

  /** The state was replaced by a snapshot's: entries count from what it holds. */
  restored(): void {
    this.#consistentIndex = this.#machine.records.consistentIndex();
  }

  /** A leader's first entry: it changes nothing but how far we are. */
  applyEmpty(index: number, term: number): void {
    if (this.#isNew(index)) this.#advance(index, term);
  }

  /** Applies a normal entry. One whose effects the backend already holds changes nothing again. */
  apply(index: number, term: number, data: Uint8Array): EntryOutcome {
    const request = decodeInternalRaftRequest(data);
    const requestId = request.header?.ID ?? request.ID;
    if (!this.#isNew(index)) return { requestId, outcome: this.#nothing() };
    const outcome = this.#run(request.request, request.header);
    this.#advance(index, term);
    return { requestId, outcome, kind: request.request?.case };
  }

  /**
   * Applies a conf change. One the membership refuses is given to raft without a node, so that raft
   * knows it is settled (etcdserver.applyConfChange).
   */
  applyConfChange(
    index: number,
    term: number,
    data: Uint8Array,
    raft: ConfChangeTaker,
  ): EntryOutcome {
    const change = decodeConfChange(data);
    const requestId = change.id;
    // Raft began with the configuration that the backend's members make, this change included.
    if (!this.#isNew(index)) return { requestId, outcome: this.#nothing() };
    const membership = changeOf(change);
    try {
      this.#machine.cluster.validate(membership);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      raft.applyConfChange({ ...change, nodeId: zeroId });
      this.#advance(index, term);
      return { requestId, outcome: error };
    }
    this.#machine.records.saveConfState(raft.applyConfChange(change));
    applyMembership(this.#machine, membership);
    this.#advance(index, term);
    return { requestId, outcome: this.#nothing() };
  }

  #isNew(index: number): boolean {
    return index > this.#consistentIndex;
  }

  #advance(index: number, term: number): void {
    this.#consistentIndex = index;
    this.#machine.effects.applied(index, term);
  }

  #nothing(): Answer {
    return answer(this.#machine.store.currentRevision, () => new Uint8Array(0));
  }

  /** An entry without a request we know changes nothing: its proposer does not wait here. */
  #run(
    request: InternalRaftRequestRequest | undefined,
    header: RequestHeader | undefined,
  ): Outcome {
    if (request === undefined) return this.#nothing();
    const refused = refusedBy(this.#machine.alarms, request);
    if (refused !== undefined) return refused;
    try {
      return this.#dispatch(request, this.#machine.auth.isEnabled ? infoOf(header) : undefined);
    } catch (error) {
      // Every check comes before the first change, so nothing is half done here.
      if (error instanceof EtcdError) return error;
      throw error;
    }
  }

  /** `info` says who proposed it; with auth off it is not looked at. */
  #dispatch(
    { case: kind, value }: InternalRaftRequestRequest,
    info: AuthInfo | undefined,
  ): Outcome {
    const machine = this.#machine;
    const { isEnabled: isGuarded } = machine.auth;
    // oxlint-disable-next-line switch-exhaustiveness-check -- the compiler holds the rest to applyAuth
    switch (kind) {
      case "put": {
        const put = decodePutRequest(value);
        if (isGuarded) checkPutAuth(machine, info, put);
        return this.#withinQuota(putCost(put.key, put.value), () =>
          this.#changed(applyPut(machine.store, put, this.#leases)),
        );
      }
      case "deleteRange": {
        const request = decodeDeleteRangeRequest(value);
        if (isGuarded) checkDeleteRangeAuth(machine, info, request);
        return this.#changed(applyDeleteRange(machine.store, request));
      }
      case "txn": {
        const txn = decodeTxnRequest(value);
        if (isGuarded) checkTxnAuth(machine, info, txn);
        return this.#withinQuota(putBytes(txn), () =>
          this.#changed(applyTxn(machine.store, txn, this.#leases)),
        );
      }
      case "compaction":
        return this.#compact(decodeCompactionRequest(value).revision);
      case "leaseGrant":
        return this.#withinQuota(leaseGrantBytes, () =>
          applyLeaseGrant(machine, decodeLeaseGrantRequest(value)),
        );
      case "leaseRevoke": {
        const { ID } = decodeLeaseRevokeRequest(value);
        checkLeaseWrite(machine, info, ID);
        return applyLeaseRevoke(machine, ID);
      }
      case "leaseCheckpoint":
        return applyLeaseCheckpoint(machine, decodeLeaseCheckpointRequest(value));
      case "alarm":
        return applyAlarm(machine, decodeAlarmRequest(value));
      case "clusterVersionSet":
        return applyClusterVersion(machine, decodeClusterVersionSetRequest(value).ver);
      case "clusterMemberAttrSet":
        return applyMemberAttributes(machine, decodeClusterMemberAttrSetRequest(value));
      case "downgradeInfoSet":
        return applyDowngrade(machine, decodeDowngradeInfoSetRequest(value));
      case "range":
      case "downgradeVersionTest":
        return this.#nothing();
      default:
        return this.#auth(kind, value, info);
    }
  }

  #auth(kind: AuthRequestCase, value: Uint8Array, info: AuthInfo | undefined): Response {
    const { auth, store } = this.#machine;
    const encode = applyAuth(auth, kind, { value, info, index: this.#consistentIndex });
    return answer(store.currentRevision, encode);
  }

  #changed({ response, changes }: KvOutcome): Response {
    carryOut(this.#machine, changes);
    return response;
  }

  #compact(revision: number): Response {
    const { store, effects } = this.#machine;
    const { response } = applyCompaction(store, makeCompactionRequest({ revision }));
    effects.compactionAccepted(revision);
    return response;
  }

  /** A request that passed the quota when it was proposed is still carried out when it does not now. */
  #withinQuota(bytes: number, run: () => Response): Outcome {
    const isOver = bytes > 0 && this.#machine.isOverQuota(bytes);
    const applied = run();
    return isOver ? errors.noSpace() : applied;
  }
}

const infoOf = (header: RequestHeader | undefined): AuthInfo | undefined =>
  header === undefined ? undefined : { username: header.username, revision: header.authRevision };
