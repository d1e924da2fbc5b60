// What a server is made of and told.
import type { Clock, Failpoint, Log, Random } from "../../io/host/index.ts";
import type { Message } from "../../core/raft/index.ts";
import type { AskPeer, RaftPort } from "../../io/rafthttp/index.ts";
import type { Snapshotter } from "../../io/snap/index.ts";
import type { BackendHost } from "./backend-host.ts";
import type { Booted } from "./bootstrap.ts";
import type { CorruptionOptions } from "./corruption-duty.ts";
import type { LeaseOptions } from "./lease-clock.ts";
import type { Credentials } from "./credentials.ts";
import type { Sha1 } from "./initial-cluster.ts";
import type { PeerTransport } from "./peers.ts";
import type { ReceivedReader } from "./received-database.ts";

export interface ServerOptions extends LeaseOptions, CorruptionOptions {
  readonly name: string;
  readonly clientUrls: readonly string[];
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly preVote: boolean;
  readonly maxRequestBytes: number;
  /** --warning-apply-duration; without it nothing is too slow. */
  readonly warningApplyMs?: number;
  /** The feature gate PriorityRequest. */
  readonly prioritizesRevokes?: boolean;
  readonly snapshotCatchUpEntries: number;
  readonly quotaBackendBytes: number;
  readonly snapshotCount: number;
  readonly maxWalFiles: number;
  readonly maxSnapshotFiles: number;
  readonly maxLearners: number;
  /** Whether the common name of a client's certificate is a user's name. */
  readonly clientCertAuth?: boolean;
  readonly compactionSleepMs: number;
  readonly compactionBatchLimit?: number;
  readonly autoCompaction: { readonly mode: "periodic" | "revision"; readonly retention: number };
  readonly watchProgressNotifyMs: number;
  readonly serverVersion: string;
  readonly strictReconfigCheck?: boolean;
  readonly initialElectionTickAdvance?: boolean;
}

export interface ServerParts {
  readonly options: ServerOptions;
  readonly booted: Booted;
  readonly backend: BackendHost;
  /** With a durable backend: where snapshots of the log are kept. */
  readonly snapshotter: Snapshotter | undefined;
  readonly failpoint?: Failpoint | undefined;
  /** While a failpoint holds the member up, it takes no turn. */
  readonly hold?: { readonly isHeld: boolean; readonly free?: Clock } | undefined;
  /** Without them nobody can log in. */
  readonly credentials?: Credentials | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Makes the transport to the other members, which brings what they say to the port. */
  readonly connect?: ((port: RaftPort) => PeerTransport) | undefined;
  readonly sha1?: Sha1 | undefined;
  /** Asks other members by plain HTTP. */
  readonly ask?: AskPeer | undefined;
  /**
   * Puts the database received for the snapshot at `index` in place of the present one and opens
   * it; the one before it is closed when nobody reads it any more.
   */
  readonly installDatabase?: ((index: number) => BackendHost) | undefined;
  /** Opens the database received for the snapshot at `index` where it lies, only to read it. */
  readonly openReceived?: ((index: number) => ReceivedReader) | undefined;
  /** The member is no longer in the cluster: the process is to end, in order. */
  readonly removed?: (() => void) | undefined;
  /** Hands messages to the other members where there is no transport: in a simulator. */
  readonly send: (messages: readonly Message[]) => void;
  /** The end of a turn: connections write. */
  readonly endTurn: () => void;
  /** The member stopped for good. */
  readonly fail: (error: Error) => void;
}
