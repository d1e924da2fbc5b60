// What one running member is made of and told.
import type { Id64 } from "../../base/index.ts";
import type { Applier, Outcome } from "../../core/apply/index.ts";
import type { EtcdError } from "../../core/errors/index.ts";
import type { MemoryStorage, Message, RawNode, Snapshot } from "../../core/raft/index.ts";
import type { Clock, Failpoint, Log } from "../../io/host/index.ts";
import type { Wal } from "../../io/wal/index.ts";

/** What a proposer gets: the answer, or the error it was refused with. */
export type Settled = Outcome;

export interface MemberSettings {
  readonly id: Id64;
  readonly clusterId: Id64;
  readonly heartbeatMs: number;
  readonly requestTimeoutMs: number;
  readonly maxRequestBytes: number;
  readonly snapshotCatchUpEntries: number;
  readonly snapshotCount: number;
  /** --warning-apply-duration; without it nothing is too slow. */
  readonly warningApplyMs?: number | undefined;
  /** The feature gate PriorityRequest: revocations of leases may go twice as far ahead. */
  readonly prioritizesRevokes?: boolean | undefined;
}

export interface MemberParts {
  readonly settings: MemberSettings;
  readonly raft: RawNode;
  readonly storage: MemoryStorage;
  readonly wal: Wal;
  readonly applier: Applier;
  /** The last entry the state holds that raft will not give out again. */
  readonly appliedIndex: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Peer messages; a member alone has none to send. */
  readonly send: (messages: readonly Message[]) => void;
  /** The end of a turn: watches are delivered, connections write. */
  readonly endTurn: () => void;
  /** The member cannot go on: a disk failed or it contradicts itself. */
  readonly fail: (error: Error) => void;
  readonly leaderChanged: (isLeader: boolean) => void;
  readonly failpoint?: Failpoint | undefined;
  /** While a failpoint holds the member up, it takes no turn. */
  readonly hold?: { readonly isHeld: boolean } | undefined;
  /** A write found the backend over its quota: `answer` when the alarm about it is raised. */
  readonly raiseNoSpace: (answer: () => void) => void;
  /** A leader's first entry was applied: everything before it is. */
  readonly termBegan: () => void;
  /** What to tell who waited in vain since then (EtcdServer.parseProposeCtxErr). */
  readonly timeoutError: (sinceMs: number) => EtcdError;
  /** Makes a snapshot that came durable, its record in the log included. */
  readonly saveSnapshot: (snapshot: Snapshot, done: (error: Error | undefined) => void) => void;
  /** Puts the state that came with a snapshot in place of ours. */
  readonly installSnapshot: (snapshot: Snapshot) => void;
  /** Whether the log in memory may be cut: not while a snapshot is on its way to someone. */
  readonly mayCompact: () => boolean;
}
