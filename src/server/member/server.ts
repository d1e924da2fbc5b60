// One member with its state: log, store, watches, leases, cluster. It starts them in order, keeps the
// cluster informed of itself, and is what every service talks to (etcdserver.EtcdServer).
import { type Id64, id64Hex, humanSize } from "../../base/index.ts";
import {
  Alarms,
  Applier,
  ClusterRecords,
  HeaderTemplate,
  leaseGrantBytes,
  type Machine,
  putBytes,
  putCost,
} from "../../core/apply/index.ts";
import { type AuthInfo, AuthStore } from "../../core/auth/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import type { Lessor } from "../../core/lease/index.ts";
import { Cluster } from "../../core/membership/index.ts";
import { Store } from "../../core/mvcc/index.ts";
import { WatchHub } from "../../core/mvcc/watch/index.ts";
import {
  AlarmAction,
  type AlarmMember,
  AlarmType,
  encodeAlarmRequest,
  encodeClusterMemberAttrSetRequest,
  encodeClusterVersionSetRequest,
  encodeCompactionRequest,
  makeAlarmRequest,
  makeAttributes,
  makeClusterMemberAttrSetRequest,
  makeClusterVersionSetRequest,
  makeCompactionRequest,
  type PutRequest,
  type TxnRequest,
} from "../../core/proto/index.ts";
import { type Message, RawNode } from "../../core/raft/index.ts";
import { seededRandom } from "../../base/index.ts";
import type { Cancel, Clock, Failpoint, Log, Random } from "../../io/host/index.ts";
import type { Snapshotter } from "../../io/snap/index.ts";
import { alarmTexts } from "./alarm-text.ts";
import { Authenticator } from "./authenticator.ts";
import type { BackendHost, DurableBackend } from "./backend-host.ts";
import type { Booted } from "./bootstrap.ts";
import { CompactionRunner, startAutoCompaction } from "./compaction.ts";
import { confStateOf } from "./conf-state.ts";
import { type Credentials, noCredentials } from "./credentials.ts";
import { LeaseClock, type LeaseOptions, lessorFor } from "./lease-clock.ts";
import type { LeaseRenewals } from "./lease-renewals.ts";
import { Member, type Settled } from "./member.ts";
import { raftLog } from "./raft-log.ts";
import { Snapshots } from "./snapshots.ts";

export interface ServerOptions extends LeaseOptions {
  readonly name: string;
  readonly clientUrls: readonly string[];
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly preVote: boolean;
  readonly maxRequestBytes: number;
  readonly snapshotCatchUpEntries: number;
  readonly quotaBackendBytes: number;
  readonly snapshotCount: number;
  readonly maxWalFiles: number;
  readonly maxSnapshotFiles: number;
  readonly maxLearners: number;
  /** Whether the common name of a client's certificate is a user's name. */
  readonly clientCertAuth?: boolean;
  readonly compactionSleepMs: number;
  readonly autoCompaction: { readonly mode: "periodic" | "revision"; readonly retention: number };
  readonly watchProgressNotifyMs: number;
  readonly serverVersion: string;
  /** X.Y.0 of this release. */
  readonly clusterVersion: string;
}

export interface ServerParts {
  readonly options: ServerOptions;
  readonly booted: Booted;
  readonly backend: BackendHost;
  /** With a durable backend: where snapshots of the log are kept. */
  readonly snapshotter: Snapshotter | undefined;
  readonly failpoint?: Failpoint | undefined;
  /** Without them nobody can log in. */
  readonly credentials?: Credentials | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Hands messages to the other members; a member alone has none to send. */
  readonly send: (messages: readonly Message[]) => void;
  /** The end of a turn: connections write. */
  readonly endTurn: () => void;
  /** The member stopped for good. */
  readonly fail: (error: Error) => void;
}

const appendSizeMax = 1024 * 1024;
const inflightMessagesMax = 512;
const publishRetryMs = 500;
/** About microseconds of watch history read in one turn. */
const catchUpBudget = 1000;

export class Server {
  readonly options: ServerOptions;
  readonly log: Log;
  readonly clock: Clock;
  readonly memberId: Id64;
  readonly clusterId: Id64;
  readonly store: Store;
  readonly lessor: Lessor;
  readonly cluster: Cluster;
  readonly alarms = new Alarms();
  readonly auth: AuthStore;
  readonly credentials: Credentials;
  readonly authenticator: Authenticator;
  /** What every KV response begins with; follows the term. */
  readonly header: HeaderTemplate;
  readonly hub: WatchHub;
  readonly member: Member;
  /** The member's alone to step; others look at it (its status) or ask for a transfer. */
  readonly raft: RawNode;
  readonly backend: BackendHost;
  readonly compactions: CompactionRunner;
  readonly #parts: ServerParts;
  readonly #records: ClusterRecords;
  readonly #snapshots: Snapshots | undefined;
  readonly #leaseClock: LeaseClock;
  #stopAutoCompaction: Cancel = () => {};
  #onReady: (() => void) | undefined;
  #consistentIndex = 0;
  #consistentTerm = 0;

  constructor(parts: ServerParts) {
    const { options, booted, backend, clock, log } = parts;
    this.#parts = parts;
    this.options = options;
    this.log = log;
    this.clock = clock;
    this.memberId = booted.id;
    this.clusterId = booted.clusterId;
    this.backend = backend;
    this.header = new HeaderTemplate(booted.clusterId, booted.id, 0);
    this.#records = new ClusterRecords(backend.backend);
    // The log begins where the database should be: without it what was acknowledged is gone, and an
    // empty store must not be served in its place (etcdserver.recoverSnapshotBackend).
    if (booted.snapshotIndex > this.#records.consistentIndex()) {
      throw new Error(
        "failed to find database snapshot file (snap: snapshot file doesn't exist): the log begins " +
          `at ${booted.snapshotIndex}, the database ends at ${this.#records.consistentIndex()}`,
      );
    }
    this.cluster = new Cluster({ learnersMax: options.maxLearners });
    this.cluster.restore(this.#records.members(), this.#records.removedIds());
    this.cluster.version = this.#records.clusterVersion();
    this.alarms.restore(this.#records.alarms());
    this.lessor = lessorFor(options);
    this.store = new Store(backend.backend);
    this.#restoreLeases();
    this.credentials = parts.credentials ?? noCredentials;
    const { tokens } = this.credentials;
    this.auth = new AuthStore({ backend: backend.backend, tokens, log });
    log.info("kvstore restored", { "current-rev": this.store.currentRevision });
    this.hub = new WatchHub({
      source: this.store,
      random: seededRandom(parts.random.bits32()),
      progressIntervalMs: options.watchProgressNotifyMs,
      onWork: () => this.member.wake(),
    });
    this.compactions = new CompactionRunner(this.store, clock, log, {
      ...parts,
      sleepMs: options.compactionSleepMs,
    });
    this.raft = this.#startRaft();
    this.#snapshots = this.#makeSnapshots();
    this.member = this.#makeMember();
    this.#leaseClock = new LeaseClock(this.lessor, this.member, clock, log, this.auth);
    this.authenticator = new Authenticator(this, parts.random);
  }

  /** Leases from their bucket, and the keys that name them from the store. */
  #restoreLeases(): void {
    this.lessor.restore(this.#records.leases());
    if (this.lessor.size === 0) return;
    this.store.visitLeases((key, lease) => this.lessor.setLease(key, lease));
  }

  #makeSnapshots(): Snapshots | undefined {
    const { booted, backend, snapshotter, options } = this.#parts;
    if (backend.durable === undefined || snapshotter === undefined) return undefined;
    const parts = {
      ...options,
      ...this.#parts,
      backend: backend.durable,
      wal: booted.wal,
      storage: booted.storage,
      snapshotter,
      confState: () => confStateOf(this.raft),
      membership: () => ({
        members: this.cluster.members(),
        removed: this.cluster.removedIds(),
        clusterVersion: this.cluster.version,
      }),
    };
    return new Snapshots(parts, booted.snapshotIndex);
  }

  #startRaft(): RawNode {
    const { options, booted, random, log } = this.#parts;
    const electionTicks = Math.trunc(options.electionMs / options.heartbeatMs);
    const raft: RawNode = new RawNode({
      id: booted.id,
      electionTicks,
      heartbeatTicks: 1,
      storage: booted.storage,
      random: seededRandom(random.bits32()),
      asyncStorageWrites: true,
      messageSizeMax: appendSizeMax,
      inflightMessagesMax,
      checkQuorum: true,
      preVote: options.preVote,
      observer: raftLog(log, booted.id, () => raft.term),
    });
    if (booted.peers.length > 0) raft.bootstrap(booted.peers);
    return raft;
  }

  #makeMember(): Member {
    const { options, booted } = this.#parts;
    return new Member({
      ...this.#parts,
      settings: {
        id: booted.id,
        clusterId: booted.clusterId,
        heartbeatMs: options.heartbeatMs,
        requestTimeoutMs: 5000 + 2 * options.electionMs,
        maxRequestBytes: options.maxRequestBytes,
        snapshotCatchUpEntries: options.snapshotCatchUpEntries,
      },
      raft: this.raft,
      storage: booted.storage,
      wal: booted.wal,
      applier: new Applier(this.#machine()),
      appliedIndex: booted.snapshotIndex,
      endTurn: () => this.#endTurn(),
      leaderChanged: (isLeader) => this.#leaderChanged(isLeader),
      raiseNoSpace: (answer) => {
        if (this.alarms.isRaised(AlarmType.NOSPACE)) answer();
        else this.#raiseNoSpace(answer);
      },
    });
  }

  #machine(): Machine {
    return {
      store: this.store,
      lessor: this.lessor,
      cluster: this.cluster,
      alarms: this.alarms,
      auth: this.auth,
      records: this.#records,
      isOverQuota: (bytes) => this.isOverQuota(bytes),
      nowMs: () => this.clock.nowMs(),
      effects: {
        published: (revision, events) => this.hub.publish(revision, events),
        applied: (index, term) => {
          this.#consistentIndex = index;
          this.#consistentTerm = term;
        },
        alarmChanged: (alarm, raised) => this.#alarmChanged(alarm, raised),
        memberChanged: (id, member, isNew) => {
          if (member === undefined || !isNew) return;
          this.log.info("added member", {
            "cluster-id": id64Hex(this.clusterId),
            "local-member-id": id64Hex(this.memberId),
            "added-peer-id": id64Hex(id),
            "added-peer-peer-urls": member.peerUrls,
            "added-peer-is-learner": member.isLearner,
          });
        },
        clusterVersionChanged: (version, previous) => this.#versionChanged(version, previous),
        compactionAccepted: () => this.compactions.run(),
      },
    };
  }

  /** Renewals of leases, as long as this member leads. */
  get renewals(): LeaseRenewals {
    return this.#leaseClock.renewals;
  }

  /** To be called by the backend in each commit: the index goes with the data it describes. */
  beforeCommit(): void {
    if (this.#consistentIndex === 0) return;
    this.#records.saveConsistentIndex(this.#consistentIndex, this.#consistentTerm);
  }

  /** Starts to tick; `ready` is called when the member has published itself through the log. */
  start(ready: () => void): void {
    this.#onReady = ready;
    this.member.start({ isAlone: this.#parts.booted.isAlone });
    this.#publish();
    this.#stopAutoCompaction = startAutoCompaction(this.clock, this.log, {
      ...this.options.autoCompaction,
      currentRevision: () => this.store.currentRevision,
      isLeader: () => this.member.isLeader,
      compact: (revision, done) => {
        const request = encodeCompactionRequest(makeCompactionRequest({ revision }));
        this.member.propose("compaction", request, (outcome) => {
          done(outcome instanceof EtcdError ? outcome.message : undefined);
        });
      },
    });
    if (this.store.pendingCompactions > 0) this.compactions.run();
    this.#snapshots?.start();
    this.#leaseClock.start();
  }

  /** Takes no more requests; `done` when the log is written and closed. */
  stop(done: (error: Error | undefined) => void): void {
    this.#stopAutoCompaction();
    this.compactions.stop();
    this.#snapshots?.stop();
    this.#leaseClock.stop();
    this.member.stop();
    const { durable } = this.backend;
    this.#parts.booted.wal.close((error) => {
      if (durable === undefined) return done(error);
      let isStopped = false;
      durable.stop((failed) => {
        isStopped = true;
        done(error ?? failed);
      });
      this.#commitUntilStopped(durable, () => isStopped);
    });
  }

  /** The turns are over: the last commit gets its steps here. */
  #commitUntilStopped(durable: DurableBackend, isStopped: () => boolean): void {
    if (isStopped()) return;
    const again = (): void => this.#commitUntilStopped(durable, isStopped);
    if (durable.maybeCommit(this.clock.nowMs())) this.clock.later(again);
    else this.clock.after(1, again);
  }

  /** Puts this member's name and client URLs into the cluster, until it succeeds. */
  #publish(): void {
    const { name, clientUrls } = this.options;
    const request = makeClusterMemberAttrSetRequest({
      memberID: this.memberId,
      memberAttributes: makeAttributes({ name, clientUrls: [...clientUrls] }),
    });
    const bytes = encodeClusterMemberAttrSetRequest(request);
    this.member.propose("clusterMemberAttrSet", bytes, (outcome) => {
      if (this.member.isStopped) return;
      if (outcome instanceof EtcdError) {
        this.log.warn("failed to publish local member to cluster through raft", { error: outcome });
        // A member that is overloaded refuses at once: without a pause this would never return.
        this.clock.after(publishRetryMs, () => this.#publish());
        return;
      }
      this.log.info("published local member to cluster through raft", {
        "local-member-id": id64Hex(this.memberId),
        "local-member-attributes": `{Name:${name} ClientURLs:[${clientUrls.join(" ")}]}`,
        "cluster-id": id64Hex(this.clusterId),
        "publish-timeout": `${this.member.settings.requestTimeoutMs / 1000}s`,
      });
      this.#onReady?.();
      this.#onReady = undefined;
    });
  }

  #leaderChanged(isLeader: boolean): void {
    this.header.setTerm(this.member.term);
    if (!isLeader) return this.lessor.demote();
    this.lessor.promote(this.clock.nowMs(), this.options.electionMs);
    if (this.cluster.version !== undefined) return;
    const version = this.options.clusterVersion;
    this.log.info("setting up initial cluster version using v3 API", {
      "cluster-version": version.replace(/\.\d+$/, ""),
    });
    const request = makeClusterVersionSetRequest({ ver: version });
    this.member.propose("clusterVersionSet", encodeClusterVersionSetRequest(request), (outcome) => {
      if (outcome instanceof EtcdError) {
        this.log.warn("failed to update cluster version", { error: outcome });
      }
    });
  }

  #versionChanged(version: string, previous: string | undefined): void {
    const fields = {
      "cluster-id": id64Hex(this.clusterId),
      "local-member-id": id64Hex(this.memberId),
      "cluster-version": version.replace(/\.\d+$/, ""),
    };
    if (previous === undefined) this.log.info("set initial cluster version", fields);
    else this.log.info("updated cluster version", { ...fields, from: previous });
    this.log.info("enabled capabilities for version", {
      "cluster-version": fields["cluster-version"],
    });
    this.log.info("cluster version is updated", { "cluster-version": fields["cluster-version"] });
    this.#records.saveStorageVersion(version);
    this.log.info("updated storage version", { "new-storage-version": version });
  }

  /** Whether a downgrade is under way, and to which version. */
  downgradeInfo(): { enabled: boolean; targetVersion: string } {
    const record = this.#records.downgrade();
    return record?.enabled === true ? record : { enabled: false, targetVersion: "" };
  }

  get storageVersion(): string | undefined {
    return this.#records.storageVersion();
  }

  #alarmChanged({ alarm, memberID }: AlarmMember, raised: boolean): void {
    const fields = {
      alarm: alarm === AlarmType.NOSPACE ? "NOSPACE" : "CORRUPT",
      from: id64Hex(memberID),
    };
    if (raised) this.log.warn("alarm raised", fields);
    else this.log.warn("alarm disarmed", fields);
  }

  #endTurn(): void {
    this.hub.flush();
    if (this.hub.hasWork && this.hub.catchUp(catchUpBudget)) this.member.wake();
    // A leader elected anew is no change of leader, but its answers bear the new term.
    this.header.setTerm(this.member.term);
    const nowMs = this.clock.nowMs();
    this.hub.tick(nowMs);
    this.#parts.endTurn();
    this.#snapshots?.applied(this.member.appliedIndex);
    if (this.backend.durable?.maybeCommit(nowMs)) this.member.wake();
  }

  isOverQuota(bytes: number): boolean {
    // Go's etcd dies of a full disk.
    if (this.#parts.booted.wal.isFull || this.backend.isDiskFull?.() === true) return true;
    const quota = this.options.quotaBackendBytes;
    return quota > 0 && this.backend.sizeBytes() + bytes >= quota;
  }

  /** Whether writes come faster than the disk takes the state they make. */
  #isOverloaded(): boolean {
    return this.backend.durable?.isOverloaded === true;
  }

  /** Proposes a put that the quota allows; else raises the alarm and refuses. */
  put(
    request: PutRequest,
    bytes: Uint8Array,
    settle: (outcome: Settled) => void,
    info?: AuthInfo,
  ): void {
    if (this.isOverQuota(putCost(request.key, request.value))) return this.#noSpace(settle);
    if (this.#isOverloaded()) return settle(errors.requestTooManyRequests());
    this.member.propose("put", bytes, settle, info);
  }

  txn(
    request: TxnRequest,
    bytes: Uint8Array,
    settle: (outcome: Settled) => void,
    info?: AuthInfo,
  ): void {
    const cost = putBytes(request);
    if (cost > 0 && this.isOverQuota(cost)) return this.#noSpace(settle);
    if (cost > 0 && this.#isOverloaded()) return settle(errors.requestTooManyRequests());
    this.member.propose("txn", bytes, settle, info);
  }

  grantLease(bytes: Uint8Array, settle: (outcome: Settled) => void, info?: AuthInfo): void {
    if (this.isOverQuota(leaseGrantBytes)) return this.#noSpace(settle);
    this.member.propose("leaseGrant", bytes, settle, info);
  }

  #noSpace(settle: (outcome: Settled) => void): void {
    this.#raiseNoSpace(() => settle(errors.noSpace()));
  }

  /** Raises the alarm through the log, and goes on when that is done or has failed. */
  #raiseNoSpace(then: () => void): void {
    this.log.warn("message exceeded backend quota; raising alarm", {
      "quota-size-bytes": this.options.quotaBackendBytes,
      "quota-size": humanSize(this.options.quotaBackendBytes),
      error: errors.noSpace(),
    });
    const action = AlarmAction.ACTIVATE;
    const request = { action, memberID: this.memberId, alarm: AlarmType.NOSPACE };
    const bytes = encodeAlarmRequest(makeAlarmRequest(request));
    this.member.propose("alarm", bytes, then);
  }

  /** Alarms now, as Status tells them. */
  alarmTexts(): string[] {
    return alarmTexts(this.alarms);
  }
}
