// One member with its state: log, store, watches, leases, cluster. It starts them in order, keeps the
// cluster informed of itself, and is what every service talks to (etcdserver.EtcdServer).
import { assert, type Id64 } from "../../base/index.ts";
import {
  Alarms,
  Applier,
  ClusterRecords,
  HeaderTemplate,
  type Machine,
} from "../../core/apply/index.ts";
import { AuthStore } from "../../core/auth/index.ts";
import { EtcdError, errors } from "../../core/errors/index.ts";
import type { Lessor } from "../../core/lease/index.ts";
import { Cluster } from "../../core/membership/index.ts";
import { ByteWriter, Store } from "../../core/mvcc/index.ts";
import { WatchHub } from "../../core/mvcc/watch/index.ts";
import {
  AlarmType,
  encodeCompactionRequest,
  makeCompactionRequest,
  makeRangeRequest,
} from "../../core/proto/index.ts";
import { type Message, RawNode, type Snapshot, snapshotIndex } from "../../core/raft/index.ts";
import { seededRandom } from "../../base/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";
import type { StoredMembership } from "../../io/snap/index.ts";
import { alarmTexts, logAlarm } from "./alarm-text.ts";
import { Authenticator } from "./authenticator.ts";
import type { BackendHost, DurableBackend } from "./backend-host.ts";
import { checkDatabaseReaches, type CommittedState, committedState } from "./committed-state.ts";
import { CompactionRunner, startAutoCompaction } from "./compaction.ts";
import { ClusterDuties } from "./cluster-duties.ts";
import { clusterVersionChanged } from "./cluster-version.ts";
import { CurrentStore } from "./current-store.ts";
import { type Credentials, noCredentials } from "./credentials.ts";
import { GuardedWrites } from "./guarded-writes.ts";
import { LeaseClock, lessorFor } from "./lease-clock.ts";
import type { LeaseRenewals } from "./lease-renewals.ts";
import { Member } from "./member.ts";
import { endRemoved, logMemberChange, membersConfState } from "./membership-log.ts";
import { invalidDowngrade, isLessMinor } from "./minor-version.ts";
import { Peers } from "./peers.ts";
import { publish, type Publishing } from "./publishing.ts";
import { raftLog } from "./raft-log.ts";
import { ReceivedDatabase } from "./received-database.ts";
import { replicationLimits } from "./replication-limits.ts";
import { SnapshotSending } from "./snapshot-sending.ts";
import type { ServerOptions, ServerParts } from "./server-parts.ts";
import { Snapshots } from "./snapshots.ts";

/** About microseconds of watch history read in one turn. */
const catchUpBudget = 1000;

export class Server {
  readonly options: ServerOptions;
  readonly log: Log;
  readonly clock: Clock;
  readonly memberId: Id64;
  readonly clusterId: Id64;
  /** Store, backend and the records in it are replaced when a snapshot is installed. */
  store: Store;
  backend: BackendHost;
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
  readonly compactions: CompactionRunner;
  /** What this member does for its cluster, and has the leader do for it. */
  readonly duties: ClusterDuties;
  /** The other members; undefined where there is no transport. */
  readonly peers: Peers | undefined;
  readonly #parts: ServerParts;
  #records: ClusterRecords;
  readonly #machine: Machine;
  readonly #applier: Applier;
  readonly #snapshots: Snapshots | undefined;
  readonly #received: ReceivedDatabase;
  readonly #sending: SnapshotSending;
  /** Writes that may need room. */
  readonly writes = new GuardedWrites(this);
  #committed: CommittedState | undefined;
  readonly #leaseClock: LeaseClock;
  #stopAutoCompaction: Cancel = () => {};
  #publishing: Publishing | undefined;
  #isRemoved = false;
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
    checkDatabaseReaches(booted.snapshotIndex, this.#records.consistentIndex());
    this.cluster = new Cluster({ learnersMax: options.maxLearners });
    this.lessor = lessorFor(options);
    this.store = new Store(backend.backend, backend.checkpoints?.load());
    this.#restoreLeases();
    this.credentials = parts.credentials ?? noCredentials;
    const { tokens } = this.credentials;
    this.auth = new AuthStore({ backend: backend.backend, tokens, log });
    log.info("kvstore restored", { "current-rev": this.store.currentRevision });
    this.alarms.restore(this.#records.alarms());
    this.#restoreCluster();
    // The log's beginning is older than the state: raft goes on from the members the state knows.
    if (booted.peers.length === 0 && this.cluster.members().length > 0) {
      booted.storage.setConfState(membersConfState(this.cluster.members()));
    }
    this.hub = new WatchHub({
      source: new CurrentStore(() => this.store),
      random: seededRandom(parts.random.bits32()),
      progressIntervalMs: options.watchProgressNotifyMs,
      onWork: (inMs) => {
        if (inMs === 0) this.member.wake();
        else clock.after(inMs, () => this.member.wake());
      },
    });
    this.compactions = new CompactionRunner(this.store, clock, log, {
      ...parts,
      sleepMs: options.compactionSleepMs,
      batchLimit: options.compactionBatchLimit,
    });
    this.raft = this.#startRaft();
    this.#snapshots = this.#makeSnapshots();
    this.#received = new ReceivedDatabase(this.clock, parts.openReceived);
    this.#machine = this.#makeMachine();
    this.#applier = new Applier(this.#machine);
    this.peers = this.#makePeers();
    this.#sending = new SnapshotSending({
      member: () => this.member,
      clock,
      log,
      durable: () => this.backend.durable,
      // Before its first commit a database is what it was when it was opened.
      committed: () =>
        this.#committed ?? this.#stateAt(this.#records.consistentIndex(), this.#records.term()),
      send: (snapshot) => this.peers?.transport.sendSnapshot(snapshot),
    });
    this.member = this.#makeMember();
    const patience = parts.hold?.free ?? clock;
    this.#leaseClock = new LeaseClock(this.lessor, this.member, clock, log, this.auth, patience);
    this.authenticator = new Authenticator(this, parts.random);
    this.duties = new ClusterDuties(this, parts);
  }

  #restoreCluster(): void {
    this.cluster.restore(this.#records.members(), this.#records.removedIds());
    const version = this.#records.clusterVersion();
    this.cluster.version = version;
    const { serverVersion } = this.options;
    if (version !== undefined && isLessMinor(serverVersion, version)) {
      throw invalidDowngrade(this, version);
    }
  }

  #makePeers(): Peers | undefined {
    const { connect, clock, log, options } = this.#parts;
    if (connect === undefined) return undefined;
    const parts = {
      memberId: this.memberId,
      cluster: this.cluster,
      clock,
      log,
      heartbeatMs: options.heartbeatMs,
      electionMs: options.electionMs,
      member: () => this.member,
      sendSnapshot: (message: Message) => this.#sending.send(message),
      removed: () => this.#removed(),
      connectionLost: (id: Id64, isReset: boolean) =>
        this.duties.lostLeader.connectionLost(id, isReset),
    };
    return new Peers(parts, connect);
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
      memberId: booted.id,
      wal: booted.wal,
      storage: booted.storage,
      snapshotter,
      failpoint: this.#parts.failpoint,
      durable: () => this.backend.durable,
      confState: () => this.member.confState,
      membership: () => this.#storedMembership(),
    };
    return new Snapshots(parts, booted.snapshotIndex);
  }

  #storedMembership(): StoredMembership {
    return {
      members: this.cluster.members(),
      removed: this.cluster.removedIds(),
      clusterVersion: this.cluster.version,
    };
  }

  #startRaft(): RawNode {
    const { options, booted, random, log } = this.#parts;
    const raft: RawNode = new RawNode({
      id: booted.id,
      electionTicks: Math.trunc(options.electionMs / options.heartbeatMs),
      heartbeatTicks: 1,
      storage: booted.storage,
      random: seededRandom(random.bits32()),
      asyncStorageWrites: true,
      ...replicationLimits,
      checkQuorum: true,
      preVote: options.preVote,
      rankedElections: options.preVote,
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
        snapshotCount: options.snapshotCount,
        warningApplyMs: options.warningApplyMs,
        prioritizesRevokes: options.prioritizesRevokes,
      },
      raft: this.raft,
      storage: booted.storage,
      wal: booted.wal,
      applier: this.#applier,
      appliedIndex: booted.snapshotIndex,
      send: (messages) => (this.peers ?? this.#parts).send(messages),
      endTurn: () => this.#endTurn(),
      leaderChanged: (isLeader) => this.#leaderChanged(isLeader),
      raiseNoSpace: (answer) => {
        if (this.alarms.isRaised(AlarmType.NOSPACE)) answer();
        else this.writes.raiseNoSpace(answer);
      },
      termBegan: () => this.#termBegan(),
      timeoutError: (sinceMs) => this.peers?.timeoutError(sinceMs) ?? errors.timeout(),
      saveSnapshot: (snapshot, done) =>
        this.#received.prepare(snapshotIndex(snapshot), () =>
          this.#snapshots?.saveReceived(snapshot, done),
        ),
      installSnapshot: (snapshot) => this.#installSnapshot(snapshot),
      mayCompact: () => this.#sending.isIdle,
    });
  }

  #makeMachine(): Machine {
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
        alarmChanged: (alarm, raised) => logAlarm(this.log, alarm, raised),
        memberChanged: (id, member, isNew, previous) => {
          logMemberChange(this, id, member, { isNew, previous });
          this.peers?.memberChanged(id, member, isNew);
          if (member === undefined && id === this.memberId) this.#removed();
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
    const index = this.#consistentIndex;
    const term = this.#consistentTerm;
    if (index === 0) return;
    this.#records.saveConsistentIndex(index, term);
    this.#committed = this.#stateAt(index, term);
  }

  #stateAt(index: number, term: number): CommittedState | undefined {
    return committedState(index, term, this.member.confState, this.#storedMembership());
  }

  /** Starts to tick; `ready` is called when the member has published itself through the log. */
  start(ready: () => void): void {
    const { booted, clock, log } = this.#parts;
    const known = this.cluster.members();
    this.peers?.begin(known.length > 0 ? known : (booted.members ?? []), booted.remotes ?? []);
    this.member.start();
    if (this.cluster.isRemoved(this.memberId)) this.#removed();
    const { options, cluster, clusterId, member } = this;
    this.#publishing = publish({ ...options, cluster, clusterId, member, clock, log }, ready);
    this.duties.start(booted.members ?? known);
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
    this.duties.stop();
    this.member.stop();
    this.peers?.transport.stop();
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

  #leaderChanged(isLeader: boolean): void {
    this.header.setTerm(this.member.term);
    this.peers?.leaderChanged(isLeader);
    if (!isLeader) this.lessor.demote();
  }

  /** Everything of earlier terms is applied: a leader knows every lease there is. */
  #termBegan(): void {
    if (!this.member.isLeader) return;
    this.lessor.promote(this.clock.nowMs(), this.options.electionMs);
    this.duties.versions.check();
  }

  #removed(): void {
    if (this.#isRemoved) return;
    this.#isRemoved = true;
    endRemoved(this, () => this.#parts.removed?.());
  }

  /** In the order of EtcdServer.applySnapshot; nothing else happens meanwhile. */
  #installSnapshot(snapshot: Snapshot): void {
    const { log } = this;
    const index = snapshotIndex(snapshot);
    const fields = {
      "current-applied-index": this.member.appliedIndex,
      "incoming-leader-snapshot-index": index,
    };
    log.info("applying snapshot", fields);
    const { installDatabase, failpoint } = this.#parts;
    if (installDatabase === undefined) throw new Error("this member takes no snapshots");
    failpoint?.("applyBeforeOpenSnapshot");
    this.backend = installDatabase(index);
    failpoint?.("applyAfterOpenSnapshot");
    log.info("applySnapshot: opened snapshot backend");
    this.#records = new ClusterRecords(this.backend.backend);
    const held = this.#records.consistentIndex();
    assert(held === index, "a snapshot's database stands at its index");
    this.#consistentIndex = held;
    this.#consistentTerm = this.#records.term();
    this.#committed = undefined;
    log.info("restoring mvcc store");
    this.store = new Store(this.backend.backend, this.#received.take(index));
    log.info("restored mvcc store", { "consistent-index": held });
    log.info("restoring lease store");
    this.#restoreLeases();
    log.info("restored lease store");
    this.#machine.store = this.store;
    this.#machine.records = this.#records;
    this.#applier.restored();
    this.compactions.storeReplaced(this.store);
    log.info("restoring alarm store");
    this.alarms.restore(this.#records.alarms());
    log.info("restored alarm store");
    log.info("restoring auth store");
    this.auth.recover(this.backend.backend);
    log.info("restored auth store");
    log.info("restoring cluster configuration");
    this.#restoreCluster();
    log.info("restored cluster configuration");
    this.peers?.replace();
    this.hub.storeReplaced();
    this.#snapshots?.installed(index);
    this.#publishing?.snapshotInstalled();
    log.info("applied snapshot", fields);
  }

  #versionChanged(version: string, previous: string | undefined): void {
    const { options, log, clusterId, memberId } = this;
    const place = { options, log, clusterId, memberId, records: this.#records };
    if (clusterVersionChanged(place, version, previous)) this.#snapshots?.force();
  }

  /** The read probes make: of nothing, by the way every range goes. Throws what a range throws. */
  probeRead(startedMs: number): void {
    const request = makeRangeRequest({ keysOnly: true, limit: 1 });
    const fromMs = this.clock.nowMs();
    this.store.ranges.write(request, new ByteWriter(16));
    const nowMs = this.clock.nowMs();
    const nothing = { revision: this.store.currentRevision, body: undefined };
    this.member.meters.ranged(request, nothing, nowMs - startedMs, nowMs - fromMs);
  }

  /** Whether a downgrade is under way, and to which version. */
  downgradeInfo(): { enabled: boolean; targetVersion: string } {
    const record = this.#records.downgrade();
    return record?.enabled === true ? record : { enabled: false, targetVersion: "" };
  }

  get storageVersion(): string | undefined {
    return this.#records.storageVersion();
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

  /** Alarms now, as Status tells them. */
  alarmTexts(): string[] {
    return alarmTexts(this.alarms);
  }
}
