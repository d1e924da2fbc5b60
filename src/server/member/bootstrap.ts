// What is on disk decides how a member begins: a log means that it goes on, none that it is new.
import { assert, type Id64, id64Hex } from "../../base/index.ts";
import { encodeConfChangeContext } from "../../core/membership/index.ts";
import {
  decodeMetadata,
  encodeMetadata,
  makeConfState,
  makeMetadata,
} from "../../core/proto/index.ts";
import { MemoryStorage, type Peer } from "../../core/raft/index.ts";
import type { Clock, Disk, Failpoint, Log } from "../../io/host/index.ts";
import {
  createWal,
  openOrRepairWal,
  validSnapshotEntries,
  type Wal,
  walExists,
  type WalOptions,
} from "../../io/wal/index.ts";
import { initialMembers, type Sha1 } from "./initial-cluster.ts";

export interface BootstrapOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly sha1: Sha1;
  readonly failpoint?: Failpoint | undefined;
  readonly walDirectory: string;
  readonly name: string;
  readonly initialCluster: string;
  readonly initialClusterState: "new" | "existing";
  readonly token: string;
  readonly peerUrls: readonly string[];
  readonly unsafeNoFsync: boolean;
  /** How syncs run; a simulator has them come back when its disk says so. */
  readonly syncing: "adaptive" | "background";
  /** Sizes of the log's files where they are not etcd's: a simulator cuts segments early. */
  readonly walSizes?: Pick<WalOptions, "segmentBytes" | "zeroAheadBytes">;
  /** Whether there is a transport to other members; without one only a cluster of one is made. */
  readonly hasTransport: boolean;
}

export interface Booted {
  readonly id: Id64;
  readonly clusterId: Id64;
  readonly wal: Wal;
  readonly storage: MemoryStorage;
  /** The first members of a cluster that begins now; empty for a member that goes on. */
  readonly peers: readonly Peer[];
  /** Whether no other member is known at this moment. */
  readonly isAlone: boolean;
  /** Where the log begins: entries up to it are in the backend. */
  readonly snapshotIndex: number;
}

/** Opens or makes the log; throws with the reason when this directory or these flags will not do. */
export function bootstrap(options: BootstrapOptions): Booted {
  const walOptions: WalOptions = {
    disk: options.disk,
    clock: options.clock,
    directory: options.walDirectory,
    log: options.log,
    failpoint: options.failpoint,
    unsafeNoFsync: options.unsafeNoFsync,
    syncing: options.syncing,
    keepsMark: true,
    waitsForRoom: true,
    ...options.walSizes,
  };
  return walExists(options.disk, options.walDirectory)
    ? restart(options, walOptions)
    : begin(options, walOptions);
}

function begin(options: BootstrapOptions, walOptions: WalOptions): Booted {
  if (options.initialClusterState === "existing") {
    throw new Error("joining an existing cluster is not built in Quorate yet");
  }
  const { members, local, clusterId } = initialMembers(options, options.sha1);
  if (members.length > 1 && !options.hasTransport) {
    throw new Error("clusters of more than one member are not built in Quorate yet");
  }
  const metadata = encodeMetadata(makeMetadata({ nodeID: local.id, clusterID: clusterId }));
  const wal = createWal(walOptions, metadata);
  options.log.info("starting local member", {
    "local-member-id": id64Hex(local.id),
    "cluster-id": id64Hex(clusterId),
  });
  const peers = members.map((member) => ({
    id: member.id,
    context: encodeConfChangeContext({ member, isPromote: false }),
  }));
  return {
    id: local.id,
    clusterId,
    wal,
    storage: new MemoryStorage(),
    peers,
    isAlone: peers.length === 1,
    snapshotIndex: 0,
  };
}

function restart(options: BootstrapOptions, walOptions: WalOptions): Booted {
  const base = validSnapshotEntries(walOptions).at(-1);
  assert(base !== undefined, "a log records at least its empty first snapshot");
  const { wal, content } = openOrRepairWal(walOptions, { index: base.index, term: base.term });
  assert(content.metadata !== undefined, "a log begins with its metadata");
  const { nodeID: id, clusterID: clusterId } = decodeMetadata(content.metadata);
  const storage = new MemoryStorage();
  if (base.index > 0) {
    const confState = base.confState ?? makeConfState();
    storage.applySnapshot({
      data: new Uint8Array(0),
      metadata: { confState, index: base.index, term: base.term },
    });
  }
  storage.setHardState(content.hardState);
  storage.append(content.entries);
  options.log.info("restarting local member", {
    "cluster-id": id64Hex(clusterId),
    "local-member-id": id64Hex(id),
    "commit-index": content.hardState.commit,
  });
  return {
    id,
    clusterId,
    wal,
    storage,
    peers: [],
    isAlone: !options.hasTransport,
    snapshotIndex: base.index,
  };
}
