// The cluster's own records in the backend: buckets members, members_removed, cluster, alarm and the
// few keys of meta that every commit carries (server/storage/schema).
import {
  assert,
  bytesFromLatin1,
  decodeUtf8,
  type Id64,
  id64FromHex,
  id64Hex,
  latin1FromBytes,
  ownBytes,
} from "../../base/index.ts";
import { encodeMember, type Member, parseConfChangeContext } from "../membership/index.ts";
import type { LeaseRecord } from "../lease/index.ts";
import type { Backend, BucketName } from "../mvcc/index.ts";
import {
  type AlarmMember,
  type ConfState,
  decodeAlarmMember,
  decodeLease,
  encodeAlarmMember,
} from "../proto/index.ts";

const noBytes = new Uint8Array(0);
const removedMark = bytesFromLatin1("removed");
const clusterVersionKey = bytesFromLatin1("clusterVersion");
const downgradeKey = bytesFromLatin1("downgrade");
const storageVersionKey = bytesFromLatin1("storageVersion");
const consistentIndexKey = bytesFromLatin1("consistent_index");
const termKey = bytesFromLatin1("term");
const confStateKey = bytesFromLatin1("confState");

export interface DowngradeRecord {
  readonly targetVersion: string;
  readonly enabled: boolean;
}

export class ClusterRecords {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  saveMember(member: Member): void {
    this.#backend.put("members", bytesFromLatin1(id64Hex(member.id)), encodeMember(member));
  }

  removeMember(id: Id64): void {
    const key = bytesFromLatin1(id64Hex(id));
    this.#backend.delete("members", key);
    this.#backend.put("members_removed", key, removedMark);
  }

  members(): Member[] {
    return this.#all("members").map(([, value]) => {
      const context = parseConfChangeContext(decodeUtf8(value) ?? "");
      // A quorum counted without one of its members would be none (etcd panics here, too).
      assert(context !== undefined, "a member's record can be read");
      return context.member;
    });
  }

  removedIds(): Id64[] {
    return this.#all("members_removed").map(([key]) => id64FromHex(latin1FromBytes(key)));
  }

  clusterVersion(): string | undefined {
    return this.#text("cluster", clusterVersionKey);
  }

  saveClusterVersion(version: string): void {
    this.#backend.put("cluster", clusterVersionKey, bytesFromLatin1(version));
  }

  downgrade(): DowngradeRecord | undefined {
    const text = this.#text("cluster", downgradeKey);
    if (text === undefined) return undefined;
    const parsed = JSON.parse(text) as { "target-version"?: string; enabled?: boolean };
    return { targetVersion: parsed["target-version"] ?? "", enabled: parsed.enabled === true };
  }

  saveDowngrade({ targetVersion, enabled }: DowngradeRecord): void {
    const text = JSON.stringify({ "target-version": targetVersion, enabled });
    this.#backend.put("cluster", downgradeKey, bytesFromLatin1(text));
  }

  storageVersion(): string | undefined {
    return this.#text("meta", storageVersionKey);
  }

  saveStorageVersion(version: string): void {
    this.#backend.put("meta", storageVersionKey, bytesFromLatin1(version));
  }

  leases(): LeaseRecord[] {
    // There may be a hundred thousand, and whoever reads them does nothing else meanwhile: no copies.
    const leases: LeaseRecord[] = [];
    this.#backend.visit("lease", noBytes, undefined, (_key, value) => {
      const { ID, TTL, remainingTTL } = decodeLease(value);
      leases.push({ id: ID, ttl: TTL, remainingTtl: remainingTTL });
      return true;
    });
    return leases;
  }

  alarms(): AlarmMember[] {
    return this.#all("alarm").map(([key]) => decodeAlarmMember(key));
  }

  saveAlarm(alarm: AlarmMember): void {
    this.#backend.put("alarm", encodeAlarmMember(alarm), noBytes);
  }

  deleteAlarm(alarm: AlarmMember): void {
    this.#backend.delete("alarm", encodeAlarmMember(alarm));
  }

  /** The last entry whose effects the backend holds; 0 for a new one. */
  consistentIndex(): number {
    return this.#count(consistentIndexKey);
  }

  term(): number {
    return this.#count(termKey);
  }

  /** To be called in the same commit as the data of entry `index`. */
  saveConsistentIndex(index: number, term: number): void {
    this.#backend.put("meta", consistentIndexKey, countBytes(index));
    if (term > 0) this.#backend.put("meta", termKey, countBytes(term));
  }

  /** JSON of raftpb.ConfState, ids as bare numbers, empty lists left out. */
  saveConfState(confState: ConfState): void {
    const list = (name: string, ids: readonly Id64[]): string =>
      ids.length > 0 ? `"${name}":[${ids.join(",")}],` : "";
    const lists =
      list("voters", confState.voters) +
      list("learners", confState.learners) +
      list("voters_outgoing", confState.votersOutgoing) +
      list("learners_next", confState.learnersNext);
    const text = `{${lists}"auto_leave":${confState.autoLeave}}`;
    this.#backend.put("meta", confStateKey, bytesFromLatin1(text));
  }

  #all(bucket: BucketName): [key: Uint8Array, value: Uint8Array][] {
    const found: [Uint8Array, Uint8Array][] = [];
    this.#backend.visit(bucket, noBytes, undefined, (key, value) => {
      found.push([ownBytes(key), ownBytes(value)]);
      return true;
    });
    return found;
  }

  #text(bucket: BucketName, key: Uint8Array): string | undefined {
    const value = this.#backend.get(bucket, key);
    return value === undefined ? undefined : latin1FromBytes(value);
  }

  #count(key: Uint8Array): number {
    const value = this.#backend.get("meta", key);
    if (value === undefined || value.length < 8) return 0;
    return Number(new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0));
  }
}

function countBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count));
  return bytes;
}
