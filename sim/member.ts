// One member of the simulated cluster through all its lives: its disk stays, and every start puts the
// real server on it again. This is the second place, beside server/embed, where the parts are made.
import { createHash } from "node:crypto";
import { type Id64, type RandomSource, seededRandom } from "../src/base/index.ts";
import { encodeMetadata, makeMetadata } from "../src/core/proto/index.ts";
import { MemoryStorage, type Message } from "../src/core/raft/index.ts";
import { type Disk, repeatableRandom, silentLog } from "../src/io/host/index.ts";
import { createWal, walExists } from "../src/io/wal/index.ts";
import {
  type BackendHost,
  type Booted,
  bootstrap,
  memoryBackendHost,
  Server,
} from "../src/server/member/index.ts";
import { SimClock } from "./clock.ts";
import { type DiskFault, type DiskOperation, SimDisk, type SimDiskOptions } from "./disk.ts";
import { drainSoon, type Loop, Process } from "./loop.ts";
import type { Endpoint } from "./network.ts";
import { type Plan, seedFor } from "./plan.ts";
import type { RaftChecks, RaftWitness } from "./raft-checks.ts";
import { PowerLoss, Violation } from "./violation.ts";

const directory = "/member";
const walDirectory = `${directory}/wal`;
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

/** Where a member keeps its state; a backend on the simulated disk takes this one's place. */
export type MakeBackend = (disk: Disk) => BackendHost;
export const memoryBackend: MakeBackend = () => memoryBackendHost();

export interface MemberScope {
  readonly plan: Plan;
  readonly loop: Loop;
  readonly checks: RaftChecks;
  readonly makeBackend: MakeBackend;
  readonly send: (from: SimMember, messages: readonly Message[]) => void;
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
    this.#disk.mkdir(directory);
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

  get isUp(): boolean {
    return this.server !== undefined;
  }

  receive(message: Message): void {
    this.server?.member.receive(message);
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
      const booted = this.#boot(clock);
      // A call that swallows errors may go on without power.
      if (process.isDead) return "dead";
      const server = this.#makeServer(booted, clock, process);
      if (process.isDead) return "dead";
      this.booted = booted;
      this.server = server;
      checks.started(this.witness, server.raft, booted.storage);
      this.toldIndex = 0;
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

  #boot(clock: SimClock): Booted {
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
      unsafeNoFsync: false,
      syncing: "background",
      walSizes: { segmentBytes, zeroAheadBytes },
      hasTransport: true,
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
    return { id, clusterId, wal, storage, peers: [], isAlone: false, snapshotIndex: 0 };
  }

  #makeServer(booted: Booted, clock: SimClock, process: Process): Server {
    const { plan, makeBackend } = this.#scope;
    const { heartbeatMs, electionMs, preVote, compactionSleepMs, watchProgressMs } = plan.cluster;
    return new Server({
      options: {
        name: this.name,
        clientUrls: [`http://${this.name}:2379`],
        heartbeatMs,
        electionMs,
        preVote,
        maxRequestBytes: 1_572_864,
        // Followers catch up from the log however far behind they are.
        snapshotCatchUpEntries: Number.MAX_SAFE_INTEGER,
        quotaBackendBytes: 0,
        snapshotCount: 10_000,
        maxWalFiles: 5,
        maxSnapshotFiles: 5,
        maxLearners: 1,
        compactionSleepMs,
        autoCompaction: { mode: "periodic", retention: 0 },
        watchProgressNotifyMs: watchProgressMs,
        serverVersion: "3.7.0",
        clusterVersion: "3.7.0",
      },
      booted,
      backend: makeBackend(this.#disk),
      snapshotter: undefined,
      clock,
      random: repeatableRandom(seedFor(plan.seed, `raft ${this.name} ${this.lives}`)),
      log: silentLog,
      send: (messages) => {
        if (!process.isDead) this.#scope.send(this, messages);
      },
      endTurn: () => {},
      fail: (error) => {
        if (!process.isDead) this.#scope.stopped(this, error);
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
        let us = syncUsMin + this.#diskRandom.below(syncUsMax - syncUsMin + 1) + this.slowSyncUs;
        if (slowSyncPpm > 0 && !this.#isCalm && this.#diskRandom.below(1_000_000) < slowSyncPpm)
          us *= 100;
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
