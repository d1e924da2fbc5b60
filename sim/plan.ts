// Everything a run depends on, as plain data: the same plan is the same run. A seed becomes a plan; a
// plan can be kept, shortened and run again.
import type { BytesPlan } from "./rafthttp-plan.ts";

export interface ClusterPlan {
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly preVote: boolean;
  /** Whether members keep their state in memory or in a database file. */
  readonly backend: "memory" | "file";
  readonly snapshotCount: number;
  /** Entries kept in memory behind the applied ones; absent: all of them. */
  readonly catchUpEntries?: number;
  readonly segmentBytes: number;
  readonly zeroAheadBytes: number;
  readonly compactionSleepMs: number;
  /** Records a compaction looks at between two pauses; absent: as etcd. */
  readonly compactionBatchLimit?: number;
  /** The leader makes known how much of a lease is left; absent: it does not. */
  readonly leaseCheckpointMs?: number;
  readonly watchProgressMs: number;
  /** From its last use on; present where there are users and roles. */
  readonly tokenTtlMs?: number;
  /** One a member: seconds of its clock in a second of the world. */
  readonly clockRates: readonly number[];
}

/** Chances are out of a million, for each message. */
export interface NetworkPlan {
  readonly delayUsMin: number;
  readonly delayUsMax: number;
  readonly heavyTailPpm: number;
  readonly dropPpm: number;
  readonly duplicatePpm: number;
  /** Goes beside the streams, and may overtake or be overtaken. */
  readonly besidePpm: number;
}

/** Delays alone, for tests of what else happens to messages. */
export const faultlessNetwork: NetworkPlan = {
  delayUsMin: 10,
  delayUsMax: 500,
  heavyTailPpm: 0,
  dropPpm: 0,
  duplicatePpm: 0,
  besidePpm: 0,
};

export interface DiskPlan {
  readonly syncUsMin: number;
  readonly syncUsMax: number;
  /** Now and then a sync takes a hundred times as long. */
  readonly slowSyncPpm: number;
}

/** A revision counted back from the newest the client has seen; forward where negative. */
export interface Ago {
  readonly ago: number;
}

export interface PlannedCompare {
  readonly key: string;
  readonly end?: string;
  readonly target: "version" | "create" | "mod" | "value" | "lease";
  readonly result: number;
  readonly number?: number;
  readonly ago?: number;
  readonly text?: string;
}

export type AuthMethod =
  | "authEnable"
  | "authDisable"
  | "authStatus"
  | "authUserAdd"
  | "authUserDelete"
  | "authUserChangePassword"
  | "authUserGrantRole"
  | "authUserRevokeRole"
  | "authUserGet"
  | "authRoleAdd"
  | "authRoleDelete"
  | "authRoleGrantPermission"
  | "authRoleRevokePermission"
  | "authRoleGet";

/** About users and roles; each method has its own of these. */
export interface PlannedAuth {
  readonly kind: "auth";
  readonly method: AuthMethod;
  readonly name?: string;
  readonly password?: string;
  readonly role?: string;
  readonly key?: string;
  readonly end?: string;
  /** A PermissionType. */
  readonly access?: 0 | 1 | 2;
}

export type PlannedAction =
  | PlannedAuth
  | {
      readonly kind: "put";
      readonly key: string;
      readonly value: string;
      readonly lease?: number;
      readonly prevKv?: boolean;
      readonly ignoreValue?: boolean;
      readonly ignoreLease?: boolean;
    }
  | {
      readonly kind: "range";
      readonly key: string;
      readonly end?: string;
      readonly revision?: Ago;
      readonly serializable?: boolean;
      readonly limit?: number;
      readonly countOnly?: boolean;
      readonly keysOnly?: boolean;
      readonly descending?: boolean;
      readonly minMod?: Ago;
      readonly maxCreate?: Ago;
    }
  | {
      readonly kind: "delete";
      readonly key: string;
      readonly end?: string;
      readonly prevKv?: boolean;
    }
  | {
      readonly kind: "txn";
      readonly compare: readonly PlannedCompare[];
      readonly success: readonly PlannedAction[];
      readonly failure: readonly PlannedAction[];
    }
  | { readonly kind: "compact"; readonly revision: Ago; readonly physical?: boolean }
  | { readonly kind: "grant"; readonly lease: number; readonly ttl: number }
  | { readonly kind: "revoke"; readonly lease: number }
  | { readonly kind: "renew"; readonly lease: number };

/** A client does one thing after another, none before its time. */
export interface PlannedOp {
  readonly atMs: number;
  readonly client: number;
  readonly member: number;
  /** Who asks, and must have logged in where auth is on; absent: nobody. */
  readonly user?: string;
  /** With a token the client had before the present one. */
  readonly isStale?: true;
  readonly action: PlannedAction;
}

export interface PlannedWatcher {
  readonly atMs: number;
  readonly key: string;
  readonly end?: string;
  /** Absent: from now on. */
  readonly start?: Ago;
  readonly noPut?: boolean;
  readonly noDelete?: boolean;
  readonly prevKv?: boolean;
  readonly progress?: boolean;
  readonly cancelAtMs?: number;
}

/** A watching client: one stream, reopened elsewhere when its member dies. */
export interface PlannedStream {
  readonly member: number;
  readonly watchers: readonly PlannedWatcher[];
  /** It asks for progress at these times. */
  readonly progressAtMs: readonly number[];
  /** It does not read between these times. */
  readonly stalls: readonly { readonly atMs: number; readonly ms: number }[];
}

export type Fault = { readonly atMs: number } &
  /** `operations`: at so many disk operations after that; absent, at once. `ms`: until it starts. */
  (
    | {
        readonly kind: "crash";
        readonly member: number;
        readonly power: boolean;
        readonly operations?: number;
        readonly ms: number;
      }
    | { readonly kind: "crash all"; readonly power: boolean; readonly ms: number }
    | { readonly kind: "pause"; readonly member: number; readonly ms: number }
    | {
        readonly kind: "partition";
        readonly side: readonly number[];
        readonly oneWay: boolean;
        readonly ms: number;
        /** On and off with this period; 0 stands still. */
        readonly flapMs: number;
      }
    | { readonly kind: "isolate leader"; readonly oneWay: boolean; readonly ms: number }
    | { readonly kind: "pause leader"; readonly ms: number }
    | {
        readonly kind: "slow link";
        readonly from: number;
        readonly to: number;
        readonly delayMs: number;
        readonly ms: number;
      }
    | { readonly kind: "reset"; readonly from: number; readonly to: number }
    | {
        readonly kind: "slow disk";
        readonly member: number;
        readonly syncMs: number;
        readonly ms: number;
      }
    | {
        readonly kind: "disk error";
        readonly member: number;
        readonly operation: "write" | "sync";
        readonly code: "EIO" | "ENOSPC";
        readonly losesPages: boolean;
        readonly ms: number;
      }
    | {
        readonly kind: "clock rate";
        readonly member: number;
        readonly rate: number;
        readonly ms: number;
      }
    | { readonly kind: "wall jump"; readonly member: number; readonly jumpMs: number }
    | { readonly kind: "transfer"; readonly to: number }
    | { readonly kind: "defragment"; readonly member: number }
    | { readonly kind: "learner"; readonly action: "add" | "promote" | "remove" }
  );

export interface Plan {
  readonly version: 1;
  readonly seed: number;
  readonly members: number;
  /** Faults and load end at `healAtMs`; all must be well at `endMs`. */
  readonly healAtMs: number;
  readonly endMs: number;
  /** What the seed switched on, for people. */
  readonly features: readonly string[];
  readonly cluster: ClusterPlan;
  readonly network: NetworkPlan;
  readonly disk: DiskPlan;
  /** Members talk by the real transport over byte streams; absent: by messages. */
  readonly bytes?: BytesPlan;
  /** All clients keep to single keys, and what they hear is written down. */
  readonly isHistoryKept?: true;
  readonly ops: readonly PlannedOp[];
  readonly streams: readonly PlannedStream[];
  readonly faults: readonly Fault[];
}

/** A generator of its own for each purpose, so that one use of chance does not shift another. */
export function seedFor(seed: number, purpose: string): number {
  let mixed = (seed ^ 0x9e3779b9) >>> 0;
  for (const character of purpose) {
    mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x85ebca6b) >>> 0;
    mixed ^= mixed >>> 13;
  }
  return Math.imul(mixed, 0xc2b2ae35) >>> 0;
}
