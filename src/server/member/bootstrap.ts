// What is on disk decides how a member begins: a log means that it goes on, none that it is new.
import { assert, type Id64, id64Hex } from "../../base/index.ts";
import { encodeConfChangeContext, type Member } from "../../core/membership/index.ts";
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
  isEmptyHardState,
  newestSnapshotEntry,
  openOrRepairWal,
  type Wal,
  walExists,
  type WalMeter,
  type WalOptions,
} from "../../io/wal/index.ts";
import { forceNewCluster } from "./force-new-cluster.ts";
import { initialMembers, type Sha1 } from "./initial-cluster.ts";
import type { JoinedCluster } from "./join.ts";

export interface BootstrapOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly sha1: Sha1;
  readonly failpoint?: Failpoint | undefined;
  readonly walDirectory: string;
  readonly walMeter?: WalMeter | undefined;
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
  /** The cluster that is joined; without it `initialClusterState` must be "new". */
  readonly joined?: JoinedCluster | undefined;
  /**
   * Sees to it that the database holds everything up to where the log begins, and tells which entry
   * it stands at: the one that came with a snapshot may not be in place yet.
   */
  readonly recoverDatabase?: (logBegins: number) => number;
  /** --force-new-cluster: everyone else is removed, uncommitted entries are dropped. */
  readonly forceNewCluster?: boolean;
}

export interface Booted {
  readonly id: Id64;
  readonly clusterId: Id64;
  readonly wal: Wal;
  readonly storage: MemoryStorage;
  /** The first members of a cluster that begins now; empty for a member that goes on. */
  readonly peers: readonly Peer[];
  /** Who is in the cluster, as far as it is known before the log says it. */
  readonly members?: readonly Member[];
  /** Members of a cluster that is being joined, who do not know this one yet. */
  readonly remotes?: readonly Member[];
  /** Where the log begins: entries up to it are in the backend. */
  readonly snapshotIndex: number;
}

/** Opens or makes the log; throws with the reason when this directory or these flags will not do. */
export function bootstrap(options: BootstrapOptions): Booted {
  const walOptions: WalOptions = {
    disk: options.disk,
    clock: options.clock,
    ...(options.walMeter && { meter: options.walMeter }),
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
  const { joined } = options;
  assert(
    joined !== undefined || options.initialClusterState === "new",
    "a cluster is joined by asking it first",
  );
  const { members, local, clusterId } = joined ?? initialMembers(options, options.sha1);
  const metadata = encodeMetadata(makeMetadata({ nodeID: local.id, clusterID: clusterId }));
  const wal = createWal(walOptions, metadata);
  options.log.info("starting local member", {
    "local-member-id": id64Hex(local.id),
    "cluster-id": id64Hex(clusterId),
  });
  // Who joins learns the members from the log; its raft begins with none.
  const peers = joined === undefined ? foundersOf(members) : [];
  return {
    id: local.id,
    clusterId,
    wal,
    storage: new MemoryStorage(),
    peers,
    snapshotIndex: 0,
    members,
    remotes: joined?.remotes ?? [],
  };
}

/**
 * The log was made, but its first entries did not get into it before the end: they are made once more, for
 * without them nobody would ever be elected.
 */
function foundAgain(
  options: BootstrapOptions,
  wal: Wal,
  id: Id64,
  clusterId: Id64,
): Booted | undefined {
  if (options.initialClusterState !== "new") return undefined;
  const initial = initialMembers(options, options.sha1);
  if (initial.local.id !== id || initial.clusterId !== clusterId) return undefined;
  const { members } = initial;
  const storage = new MemoryStorage();
  return { id, clusterId, wal, storage, peers: foundersOf(members), snapshotIndex: 0, members };
}

const foundersOf = (members: readonly Member[]): Peer[] =>
  members.map((member) => ({
    id: member.id,
    context: encodeConfChangeContext({ member, isPromote: false }),
  }));

function restart(options: BootstrapOptions, walOptions: WalOptions): Booted {
  const base = newestSnapshotEntry(walOptions);
  assert(base !== undefined, "a log records at least its empty first snapshot");
  const consistentIndex = options.recoverDatabase?.(base.index) ?? 0;
  const { wal, content } = openOrRepairWal(walOptions, { index: base.index, term: base.term });
  assert(content.metadata !== undefined, "a log begins with its metadata");
  const { nodeID: id, clusterID: clusterId } = decodeMetadata(content.metadata);
  if (base.index === 0 && isEmptyHardState(content.hardState)) {
    const founded = foundAgain(options, wal, id, clusterId);
    if (founded !== undefined) return founded;
  }
  const storage = new MemoryStorage();
  if (base.index > 0) {
    const confState = base.confState ?? makeConfState();
    storage.applySnapshot({
      data: new Uint8Array(0),
      metadata: { confState, index: base.index, term: base.term },
    });
  }
  const fields = { "cluster-id": id64Hex(clusterId), "local-member-id": id64Hex(id) };
  const { commit } = content.hardState;
  if (options.forceNewCluster === true) {
    const forced = forceNewCluster(id, base.confState, content, consistentIndex);
    wal.save(undefined, forced.added, (error) => {
      if (error !== undefined) options.log.error("failed to save entries", { error });
    });
    storage.setHardState(forced.hardState);
    storage.append(forced.entries);
    options.log.info("forcing restart member", {
      ...fields,
      "wal-commit-index": commit,
      "commit-index": forced.hardState.commit,
    });
  } else {
    storage.setHardState(content.hardState);
    storage.append(content.entries);
    options.log.info("restarting local member", { ...fields, "commit-index": commit });
  }
  return {
    id,
    clusterId,
    wal,
    storage,
    peers: [],
    snapshotIndex: base.index,
  };
}
