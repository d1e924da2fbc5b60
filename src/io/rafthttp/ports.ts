// What the transport needs from whom it serves, and how it is set up.
import type { Id64 } from "../../base/index.ts";
import type { Message } from "../../core/raft/index.ts";
import type { Clock, Log } from "../host/index.ts";
import type { PeerDialer } from "../http/index.ts";
import type { DatabaseReceiver } from "../snap/index.ts";
import type { TransportCounters } from "./counters.ts";

/** Called once: with why a message was not taken, or with nothing when raft has stepped it. */
export type Settled = (error: Error | undefined) => void;

/** The member behind the transport (interface Raft of transport.go). */
export interface RaftPort {
  /**
   * Takes in a message of another member; it and its bytes are the receiver's. Whether the sender
   * may send it and whether it is for this member is checked here, as in EtcdServer.Process.
   */
  process(message: Message, settled: Settled): void;
  /** Whether this member was once in the cluster and no longer is. */
  isIdRemoved(id: Id64): boolean;
  /** Messages to this member may have been lost. */
  reportUnreachable(id: Id64): void;
  reportSnapshot(id: Id64, outcome: "finished" | "failed"): void;
  /** Another member says that this one was removed: the server is to stop. */
  localMemberRemoved(): void;
  /**
   * A stream to or from a member ended from over there, `isReset` when its process or machine shut
   * the door: a hint that it is gone, sooner than any timeout tells.
   */
  connectionLost?(id: Id64, isReset: boolean): void;
}

/** Where databases of others are kept: `Snapshotter` of io/snap is one. */
export interface SnapshotStore {
  receiveDatabase(index: number): DatabaseReceiver;
  /** Bytes that may still be written there; without it nobody asks. */
  freeBytes?(): number;
}

/** Told what histograms and traces want to know, as it happens. */
export interface TransportObserver {
  /** Smoothed, once in a while (etcd_network_peer_round_trip_time_seconds). */
  roundTrip?(id: Id64, seconds: number): void;
  snapshotSent?(id: Id64, seconds: number): void;
  snapshotReceived?(from: Id64, seconds: number): void;
}

export interface TransportOptions {
  readonly id: Id64;
  readonly clusterId: Id64;
  /** Own peer URLs, told to others. */
  readonly urls: readonly string[];
  readonly raft: RaftPort;
  readonly dialer: PeerDialer;
  readonly clock: Clock;
  readonly log: Log;
  readonly snapshots: SnapshotStore;
  /** As `3.7.3`, told to others and compared with theirs. */
  readonly serverVersion: string;
  /** The oldest version that may join, as `3.0.0`. */
  readonly minClusterVersion?: string;
  readonly limits?: Partial<TransportLimits>;
  readonly observer?: TransportObserver;
}

export interface TransportLimits {
  /** Without a byte for so long a stream is dead. Link heartbeats come every third of it. */
  readonly readTimeoutMs: number;
  /** Without progress in sending for so long a stream is dead. */
  readonly writeTimeoutMs: number;
  /** From dialling a stream to its answer. */
  readonly dialTimeoutMs: number;
  /** One dial of a stream in such a time, as an average; a burst of one. */
  readonly dialIntervalMs: number;
  /** From a pipeline post to its answer. */
  readonly postTimeoutMs: number;
  readonly probeIntervalMs: number;
  /** Bytes a second of one snapshot. */
  readonly snapshotBytesPerSecond: number;
  /** Without progress in sending or receiving for so long a snapshot has failed. */
  readonly snapshotStallMs: number;
  /** From a snapshot's last byte to its answer: the receiver syncs its disk in this time. */
  readonly snapshotAnswerMs: number;
  readonly snapshotReceptionsMax: number;
  /** Left free on the disk by the reception of snapshots. */
  readonly snapshotReserveBytes: number;
  /** Bodies of POST /raft: of one, and of all that are being read. */
  readonly postBytesMax: number;
  readonly postBytesMaxTogether: number;
  readonly remotesMax: number;
}

export const defaultTransportLimits: TransportLimits = {
  readTimeoutMs: 5_000,
  writeTimeoutMs: 5_000,
  dialTimeoutMs: 7_000,
  dialIntervalMs: 100,
  postTimeoutMs: 30_000,
  probeIntervalMs: 4_000,
  snapshotBytesPerSecond: Infinity,
  snapshotStallMs: 30_000,
  snapshotAnswerMs: 300_000,
  snapshotReceptionsMax: 4,
  snapshotReserveBytes: 64 * 1024 * 1024,
  postBytesMax: 64 * 1024 * 1024,
  postBytesMaxTogether: 256 * 1024 * 1024,
  remotesMax: 128,
};

/** What every part of one transport shares. */
export interface TransportContext {
  readonly options: TransportOptions;
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly minClusterVersion: string;
  /** Id and cluster id as they stand in headers. */
  readonly localHex: string;
  readonly clusterHex: string;
}
