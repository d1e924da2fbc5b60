// One member of the simulated cluster through all its lives: its disk stays, and every start puts the
// real server on it again. This is the second place, beside server/embed, where the parts are made.
import { createHash } from "node:crypto";
import { type Id64, type RandomSource, seededRandom } from "../src/base/index.ts";
import { encodeMetadata, makeMetadata } from "../src/core/proto/index.ts";
import { MemoryStorage, type Message, snapshotIndex } from "../src/core/raft/index.ts";
import { repeatableRandom, silentLog } from "../src/io/host/index.ts";
import type { RaftPort } from "../src/io/rafthttp/index.ts";
import { Snapshotter } from "../src/io/snap/index.ts";
import { createWal, walExists } from "../src/io/wal/index.ts";
import {
  type Booted,
  bootstrap,
  type Credentials,
  memoryBackendHost,
  type PeerTransport,
  Server,
} from "../src/server/member/index.ts";
import { SimClock } from "./clock.ts";
import { simCredentials } from "./credentials.ts";
import { SimDatabase } from "./database.ts";
import { type DiskFault, type DiskOperation, SimDisk, type SimDiskOptions } from "./disk.ts";
import { drainSoon, type Loop, Process } from "./loop.ts";
import type { Endpoint } from "./network.ts";
import { type Plan, seedFor } from "./plan.ts";
import type { RaftChecks, RaftWitness } from "./raft-checks.ts";
import type { TransportPlace } from "./rafthttp-transport.ts";
import { type DatabaseCarrier, Reception, SimTransport } from "./transport.ts";
import { PowerLoss, Violation } from "./violation.ts";

const directory = "/member";
const walDirectory = `${directory}/wal`;
const snapDirectory = `${directory}/snap`;
const databasePath = `${snapDirectory}/db`;
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

export interface MemberScope {
  readonly plan: Plan;
  readonly loop: Loop;
  readonly checks: RaftChecks;
  readonly carrier: DatabaseCarrier;
  /** Where members talk by bytes. */
  readonly connect?: ((place: TransportPlace) => PeerTransport) | undefined;
  /** The log is about to forget entries: what was applied of them is to be told first. */
  readonly beforeCut: (member: SimMember) => void;
  /** The process ended by itself; `error` says why. */
  readonly stopped: (member: SimMember, error: Error) => void;
}

/** How a member comes into the cluster. */
export type Joining =
  | { readonly kind: "founder" }
  /** Added while the cluster runs; it learns everything from the leader. */
  | { readonly kind: "learner"; readonly id: Id64; readonly clusterId: Id64 };

export class SimMember implements Endpoint {
  readonly index: number;
  readonly name: string;
  readonly witness: RaftWitness;
  readonly #scope: MemberScope;
  readonly #joining: Joining;
  readonly #random: RandomSource;
  readonly #diskRandom: RandomSource;
  #disk: SimDisk;
  process: Process | undefined;
  server: Server | undefined;
  booted: Booted | undefined;
  clock: SimClock | undefined;
  /** Of the present life: entries the oracle has been told of. */
  toldIndex = 0;
  lives = 0;
  crashes = 0;
  // Faults.
  /** The power fails before the operation with this number. */
  #crashAt = Infinity;
  #onCrash: (() => void) | undefined;
  #nextError: { operation: DiskOperation; fault: DiskFault } | undefined;
  /** An injected error has been met: the member may stop. */
  hasFailedDisk = false;
  /**
   * A sync failed and its pages count as clean: reads see what is nowhere on disk. Only a machine that
   * starts anew tells the truth again, so such a member's next end is a power loss.
   */
  #hasLostPages = false;
  slowSyncUs = 0;
  /** Hears the ids of requests that are proposed now. */
  asking: ((requestId: Id64) => void) | undefined;
  #isCalm = false;

  constructor(
    { index, name, id }: { readonly index: number; readonly name: string; readonly id: Id64 },
    scope: MemberScope,
    joining: Joining,
  ) {
    this.index = index;
    this.name = name;
    this.#scope = scope;
    this.#joining = joining;
    this.witness = scope.checks.add(name, id);
    const { seed } = scope.plan;
    this.#random = seededRandom(seedFor(seed, `member ${name}`));
    this.#diskRandom = seededRandom(seedFor(seed, `disk ${name}`));
    this.#disk = new SimDisk(this.#diskOptions(undefined));
    this.#disk.mkdir(snapDirectory);
    this.#disk.settleEverything();
  }

  get id(): Id64 {
    return this.witness.id;
  }

  /**
   * Whether clients are served: as in server/embed, only once the member has heard of its own entry
   * through the log in this life.
   */
  isReady = false;

  /** The entry its state stands at: what it has applied, or found on its disk. */
  get stateIndex(): number {
    return Math.max(this.server?.member.appliedIndex ?? 0, this.#restoredIndex);
  }
  #restoredIndex = 0;
  #snapshotter: Snapshotter | undefined;
  /** Databases installed in all lives. */
  installs = 0;
  defragments = 0;

  get isUp(): boolean {
    return this.server !== undefined;
  }

  receive(message: Message): void {
    this.server?.peers!.process(message, () => {});
  }

  // Lives ---------------------------------------------------------------------------------------

  /** Starts the process. "dead": the power failed meanwhile; "failed": its disk would not do. */
  start(): "running" | "dead" | "failed" {
    const { plan, loop, checks } = this.#scope;
    this.lives++;
    const process = new Process(this.name);
    const clockRandom = seededRandom(seedFor(plan.seed, `clock ${this.name} ${this.lives}`));
    const clock = new SimClock(loop, process, clockRandom, {
      rate: plan.cluster.clockRates[this.index] ?? 1,
      wallOffsetMs: this.index * 1000,
    });
    this.process = process;
    this.clock = clock;
    this.#disk = this.#disk.reopened(this.#diskOptions(process));
    try {
      const database = this.#openDatabase(process, clock);
      // A call that swallows errors may go on without power.
      if (process.isDead) return "dead";
      const booted = this.#boot(clock, database);
      if (process.isDead) return "dead";
      this.#restoredIndex = database?.consistentIndex ?? 0;
      this.#tellBeforeCuts(booted.storage);
      const server = this.#makeServer(booted, database, clock, process);
      if (process.isDead) return "dead";
      this.booted = booted;
      this.server = server;
      checks.started(this.witness, server.raft, booted.storage);
      this.toldIndex = server.member.appliedIndex;
      server.start(() => {
        if (!process.isDead) this.isReady = true;
      });
      drainSoon(process);
      return process.isDead ? "dead" : "running";
    } catch (error) {
      if (process.isDead) return "dead";
      if (error instanceof Violation) throw error;
      if (this.hasFailedDisk) return "failed";
      throw new Violation("a member starts", `${this.name}: ${String(error)}`, error);
    }
  }

  /** A database begins to come. */
  receiveSnapshot(message: Message): Reception {
    return new Reception(message, this.#snapshotter!, this.server!.peers!);
  }

  /** Entries that nobody was told of may be forgotten in the event that applied them. */
  #tellBeforeCuts(storage: MemoryStorage): void {
    const { beforeCut } = this.#scope;
    const compact = storage.compact.bind(storage);
    const applySnapshot = storage.applySnapshot.bind(storage);
    storage.compact = (index) => {
      beforeCut(this);
      return compact(index);
    };
    storage.applySnapshot = (snapshot) => {
      beforeCut(this);
      this.toldIndex = Math.max(this.toldIndex, snapshotIndex(snapshot));
      return applySnapshot(snapshot);
    };
  }

  #boot(clock: SimClock, database: SimDatabase | undefined): Booted {
    const { plan } = this.#scope;
    const { segmentBytes, zeroAheadBytes } = plan.cluster;
    if (this.#joining.kind === "learner" && !walExists(this.#disk, walDirectory)) {
      return this.#bootLearner(clock, this.#joining);
    }
    return bootstrap({
      disk: this.#disk,
      clock,
      log: silentLog,
      sha1,
      walDirectory,
      ...clusterNames(plan.members, this.index),
      // Who joined never founds the cluster anew, however early its first life ended.
      initialClusterState: this.#joining.kind === "learner" ? "existing" : "new",
      unsafeNoFsync: false,
      syncing: "background",
      walSizes: { segmentBytes, zeroAheadBytes },
      recoverDatabase: (logBegins) => database?.recover(logBegins) ?? 0,
    });
  }

  /** An empty log; everything else comes from the leader. */
  #bootLearner(clock: SimClock, { id, clusterId }: { id: Id64; clusterId: Id64 }): Booted {
    const { segmentBytes, zeroAheadBytes } = this.#scope.plan.cluster;
    const metadata = encodeMetadata(makeMetadata({ nodeID: id, clusterID: clusterId }));
    const wal = createWal(
      {
        disk: this.#disk,
        clock,
        directory: walDirectory,
        syncing: "background",
        segmentBytes,
        zeroAheadBytes,
      },
      metadata,
    );
    const storage = new MemoryStorage();
    return { id, clusterId, wal, storage, peers: [], snapshotIndex: 0 };
  }

  /** The state, in memory or in etcd's database file on the simulated disk. */
  #openDatabase(process: Process, clock: SimClock): SimDatabase | undefined {
    this.#snapshotter = undefined;
    if (this.#scope.plan.cluster.backend === "memory") return undefined;
    const random = repeatableRandom(
      seedFor(this.#scope.plan.seed, `snap ${this.name} ${this.lives}`),
    );
    const disk = this.#disk;
    const directory = snapDirectory;
    this.#snapshotter = new Snapshotter({ disk, clock, random, log: silentLog, directory });
    return new SimDatabase({
      disk,
      clock,
      path: databasePath,
      snapshotter: this.#snapshotter,
      wake: () => this.server?.member.wake(),
      onFailure: (error) => {
        if (!process.isDead) this.#scope.stopped(this, error);
      },
    });
  }

  #connect(place: Omit<TransportPlace, "member" | "snapshotter">): PeerTransport {
    const { connect, carrier } = this.#scope;
    const whole = { ...place, member: this, snapshotter: this.#snapshotter };
    return connect?.(whole) ?? new SimTransport(this, carrier, place.port);
  }

  #makeServer(
    booted: Booted,
    database: SimDatabase | undefined,
    clock: SimClock,
    process: Process,
  ): Server {
    const { plan } = this.#scope;
    const { heartbeatMs, electionMs, preVote, compactionSleepMs, watchProgressMs } = plan.cluster;
    const random = repeatableRandom(seedFor(plan.seed, `raft ${this.name} ${this.lives}`));
    const server = new Server({
      options: {
        name: this.name,
        clientUrls: [`http://${this.name}:2379`],
        heartbeatMs,
        electionMs,
        preVote,
        maxRequestBytes: 1_572_864,
        snapshotCatchUpEntries: plan.cluster.catchUpEntries ?? Number.MAX_SAFE_INTEGER,
        quotaBackendBytes: 0,
        snapshotCount: plan.cluster.snapshotCount,
        maxWalFiles: 5,
        maxSnapshotFiles: 5,
        maxLearners: 1,
        compactionSleepMs,
        ...(plan.cluster.compactionBatchLimit !== undefined && {
          compactionBatchLimit: plan.cluster.compactionBatchLimit,
        }),
        leaseCheckpoint: plan.cluster.leaseCheckpointMs !== undefined,
        leaseCheckpointIntervalMs: plan.cluster.leaseCheckpointMs,
        leaseCheckpointPersist: plan.cluster.leaseCheckpointMs !== undefined,
        autoCompaction: { mode: "periodic", retention: 0 },
        watchProgressNotifyMs: watchProgressMs,
        serverVersion: "3.7.0",
      },
      booted,
      backend: database?.host ?? memoryBackendHost(),
      snapshotter: this.#snapshotter,
      credentials: this.#credentials(clock),
      clock,
      random,
      log: silentLog,
      connect: (port: RaftPort) => this.#connect({ port, booted, clock, process }),
      installDatabase: (index) => {
        this.installs++;
        return database!.install(index);
      },
      send: () => {},
      endTurn: () => {},
      fail: (error) => {
        if (!process.isDead) this.#scope.stopped(this, error);
      },
    });
    database?.setBeforeCommit(() => server.beforeCommit());
    const { ids } = server.member;
    const takeId = ids.nextSuffix.bind(ids);
    ids.nextSuffix = () => {
      const suffix = takeId();
      this.asking?.(ids.whole(suffix));
      return suffix;
    };
    return server;
  }

  #credentials(clock: SimClock): Credentials {
    const { seed, cluster } = this.#scope.plan;
    return simCredentials({
      clock,
      random: seededRandom(seedFor(seed, `passwords ${this.name} ${this.lives}`)),
      tokenTtlMs: cluster.tokenTtlMs ?? 300_000,
      keeping: (run) => {
        const { asking } = this;
        return () => {
          this.asking = asking;
          try {
            run();
          } finally {
            this.asking = undefined;
          }
        };
      },
    });
  }

  /** Ends the process. With `power` its disk forgets what no sync covered, as chance has it. */
  kill({ power }: { power: boolean }): void {
    if (this.process === undefined) return;
    this.crashes++;
    this.process.isDead = true;
    this.process.soon.length = 0;
    const options = this.#diskOptions(undefined);
    const isPowerLoss = power || this.#hasLostPages;
    if (isPowerLoss) this.#hasLostPages = false;
    this.#disk = isPowerLoss
      ? this.#disk.crash(this.#random, options)
      : this.#disk.reopened(options);
    this.process = undefined;
    this.server = undefined;
    this.isReady = false;
    this.booted = undefined;
    this.clock = undefined;
    this.witness.raft = undefined;
    this.#crashAt = Infinity;
    this.#nextError = undefined;
    this.hasFailedDisk = false;
  }

  /** The power fails before the disk does its `operations`-th operation from now. */
  crashAtOperation(operations: number, crashed: () => void): void {
    this.#crashAt = this.#disk.operations + operations;
    this.#onCrash = crashed;
  }

  failNext(operation: DiskOperation, fault: DiskFault): void {
    this.#nextError = { operation, fault };
  }

  /** From now on it is quick and whole. */
  calmDisk(): void {
    this.#isCalm = true;
    this.#crashAt = Infinity;
    this.#nextError = undefined;
    this.slowSyncUs = 0;
  }

  #diskOptions(process: Process | undefined): SimDiskOptions {
    const { loop, plan } = this.#scope;
    const { syncUsMin, syncUsMax, slowSyncPpm } = plan.disk;
    return {
      defer: (fn, operation) => {
        let us = syncUsMin + this.#diskRandom.below(syncUsMax - syncUsMin + 1);
        const isSlow = slowSyncPpm > 0 && this.#diskRandom.below(1_000_000) < slowSyncPpm;
        if (isSlow && !this.#isCalm) us *= 100;
        us += this.slowSyncUs;
        loop.after(us, process, operation, fn);
      },
      fault: (operation) => this.#faultOf(operation),
    };
  }

  #faultOf(operation: DiskOperation): DiskFault | undefined {
    if (this.process === undefined) return undefined;
    if (this.#disk.operations > this.#crashAt) {
      const crashed = this.#onCrash;
      this.#crashAt = Infinity;
      crashed?.();
      throw new PowerLoss(`${this.name} before ${operation}`);
    }
    if (this.#nextError?.operation !== operation) return undefined;
    const { fault } = this.#nextError;
    this.#nextError = undefined;
    this.hasFailedDisk = true;
    if ("losesPages" in fault) this.#hasLostPages = true;
    return fault;
  }
}

/** What every founder is started with. */
export function clusterNames(
  members: number,
  index: number,
): {
  name: string;
  initialCluster: string;
  initialClusterState: "new";
  token: string;
  peerUrls: string[];
} {
  const url = (at: number): string => `http://m${at}:2380`;
  return {
    name: `m${index}`,
    initialCluster: Array.from({ length: members }, (_, at) => `m${at}=${url(at)}`).join(","),
    initialClusterState: "new",
    token: "simulated",
    peerUrls: [url(index)],
  };
}
