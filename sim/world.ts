// A whole cluster in one thread and in its own time: members, network, clients, watchers and whatever
// goes wrong, all from one plan. After every event the promises are looked at.
import { type Id64, seededRandom } from "../src/base/index.ts";
import { DiskError } from "../src/io/host/index.ts";
import { isWalError } from "../src/io/wal/index.ts";
import { initialMembers } from "../src/server/member/initial-cluster.ts";
import type { Message } from "../src/core/raft/index.ts";
import { createHash } from "node:crypto";
import { Clients } from "./clients.ts";
import { Connections } from "./connections.ts";
import { Faults } from "./faults.ts";
import { checkHashes } from "./hash-checks.ts";
import { checkLiveness } from "./liveness.ts";
import { History } from "./history.ts";
import { Loop, runEvent, type SimEvent } from "./loop.ts";
import { clusterNames, type Joining, SimMember } from "./member.ts";
import { Network } from "./network.ts";
import { Oracle } from "./oracle.ts";
import { type Plan, seedFor } from "./plan.ts";
import { RaftChecks } from "./raft-checks.ts";
import { ByteNetwork } from "./rafthttp-network.ts";
import { ByteChecks, connectByBytes } from "./rafthttp-world.ts";
import { Trace } from "./trace.ts";
import type { DatabaseCarrier } from "./transport.ts";
import { hold, PowerLoss, Violation } from "./violation.ts";
import { lookAtPromptness } from "./watch-promptness.ts";
import { WatchClient } from "./watch-client.ts";

const hashCheckUs = 5_000_000;
/** Ten times what the busiest run needs. */
const eventsMax = 4_000_000;
const watchStepUs = 50_000;

export class World {
  readonly plan: Plan;
  readonly loop = new Loop();
  readonly trace = new Trace();
  readonly checks = new RaftChecks();
  readonly byteChecks = new ByteChecks();
  readonly oracle: Oracle;
  readonly members: SimMember[] = [];
  readonly network: Network;
  readonly connections: Connections;
  readonly clients: Clients;
  /** Those of the end of the run. */
  finalClients: Clients | undefined;
  /** Of plans whose clients keep to single keys. */
  readonly history: History | undefined;
  readonly watchers: WatchClient[];
  readonly faults: Faults;
  readonly clusterId: Id64;
  /** Places for members, taken or not. */
  readonly #endpoints: { member: SimMember | undefined }[];
  hashesCompared = 0;
  /** Writes of the history that nobody was told of and that happened. */
  unanswered = 0;
  isHealed = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.oracle = new Oracle({
      electionMs: plan.cluster.electionMs,
      nowUs: () => this.loop.nowUs,
    });
    const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();
    const founders = Array.from({ length: plan.members }, (_, index) =>
      initialMembers(clusterNames(plan.members, index), sha1),
    );
    this.clusterId = founders[0]!.clusterId;
    // One place more, for a learner.
    this.#endpoints = Array.from({ length: plan.members + 1 }, () => ({ member: undefined }));
    for (const [index, { local }] of founders.entries()) {
      this.addMember(index, `m${index}`, local.id, { kind: "founder" });
    }
    const random = seededRandom(seedFor(plan.seed, "network"));
    const endpoints = this.#endpoints.map((place) => ({
      get process() {
        return place.member?.process;
      },
      receive: (message: Message) => place.member?.receive(message),
    }));
    this.network =
      plan.bytes === undefined
        ? new Network(this.loop, random, plan.network, endpoints)
        : new ByteNetwork(this.loop, random, plan.network, endpoints, plan.bytes);
    this.connections = new Connections({
      isByBytes: plan.bytes !== undefined,
      loop: this.loop,
      places: endpoints.length,
      isBlocked: (from, to) => this.network.isBlocked(from, to),
      processAt: (place) => this.#endpoints[place]!.member?.process,
      lost: (at, other) => this.#connectionLost(at, other),
    });
    this.history = plan.isHistoryKept === true ? new History() : undefined;
    const { loop, oracle, history } = this;
    this.clients = new Clients({ loop, oracle, members: () => this.members, history }, plan.ops);
    this.watchers = plan.streams.map((planned, at) => new WatchClient(`w${at}`, planned));
    this.faults = new Faults(this);
  }

  addMember(index: number, name: string, id: Id64, joining: Joining): SimMember {
    const member = new SimMember(
      { index, name, id },
      {
        plan: this.plan,
        loop: this.loop,
        checks: this.checks,
        carrier: this.#carrier,
        connect: this.plan.bytes && ((place) => connectByBytes(this, place)),
        beforeCut: (cut) => {
          this.checks.observe(cut.witness);
          this.#tell(cut);
        },
        stopped: (stopped, error) => this.#stopped(stopped, error),
      },
      joining,
    );
    this.members.push(member);
    this.#endpoints[index]!.member = member;
    return member;
  }

  removeMember(member: SimMember): void {
    member.kill({ power: false });
    this.network.hostDied(member.name, false);
    this.#afterDeath(member);
    this.members.splice(this.members.indexOf(member), 1);
    this.#endpoints[member.index]!.member = undefined;
  }

  /** Runs the whole plan; throws a Violation where a promise is broken. */
  run(): void {
    const { healAtMs, endMs } = this.plan;
    for (const member of this.members) this.start(member);
    this.faults.schedule();
    this.#scheduleWatchers();
    this.#scheduleHashes();
    this.#runUntil(healAtMs * 1000);
    this.heal();
    checkLiveness(this, endMs * 1000, (untilUs) => this.#runUntil(untilUs));
    this.hashesCompared += checkHashes(this.members);
    this.unanswered = this.history?.close((call) => this.oracle.effectOf(call)) ?? 0;
  }

  start(member: SimMember): void {
    if (member.isUp || !this.members.includes(member)) return;
    this.trace.line(this.loop.nowUs, member.name, "starts");
    switch (member.start()) {
      case "running":
        return this.#observe(member);
      case "dead":
        return this.#afterDeath(member);
      case "failed":
        return this.crash(member, { power: this.faults.nextIsPower(), restartMs: 500 });
    }
  }

  /** Faults end, and everybody who is down starts. */
  heal(): void {
    this.trace.line(this.loop.nowUs, "world", "heals");
    this.isHealed = true;
    this.clients.stop();
    this.network.calm();
    for (const member of this.members) {
      member.calmDisk();
      if (member.process !== undefined) this.loop.resume(member.process);
      this.start(member);
    }
  }

  crash(member: SimMember, options: { power: boolean; restartMs: number }): void {
    if (!member.isUp && member.process === undefined) return;
    const how = options.power ? "loses power" : "is killed";
    this.trace.line(this.loop.nowUs, member.name, how);
    // What it applied in the event it died in may be on its disk.
    this.#tell(member);
    member.kill(options);
    this.network.hostDied(member.name, options.power);
    this.#afterDeath(member);
    if (!options.power) this.connections.processEnded(member.index);
    const us = this.isHealed ? 0 : options.restartMs * 1000;
    this.loop.after(us, undefined, "restart", () => this.start(member));
  }

  #afterDeath(member: SimMember): void {
    this.clients.forget();
    this.finalClients?.forget();
    for (const watcher of this.watchers) {
      if (watcher.member === member.index) watcher.disconnect();
    }
  }

  #runUntil(untilUs: number): void {
    for (;;) {
      const event = this.loop.next(untilUs);
      if (event === undefined) break;
      hold(this.loop.count < eventsMax, "a run comes to its end", () => `${eventsMax} events`);
      this.trace.event(event);
      this.#runOne(event);
    }
    this.loop.nowUs = untilUs;
  }

  #runOne(event: SimEvent): void {
    const { owner } = event;
    try {
      runEvent(event);
    } catch (error) {
      if (error instanceof Violation) throw error;
      // A process that died in this event unwinds; nothing it says counts any more.
      if (owner === undefined || !owner.isDead) {
        if (!(error instanceof PowerLoss)) throw failed(owner?.name ?? "world", error);
      }
    }
    if (owner === undefined) return;
    const member = this.members.find(({ process }) => process === owner);
    if (member?.server !== undefined) this.#observe(member);
  }

  /** What a member did in its last event is held against what it may do. */
  #observe(member: SimMember): void {
    const { server, booted, witness } = member;
    if (server === undefined || booted === undefined) return;
    this.checks.observe(witness);
    this.#tell(member);
    this.oracle.checkStore(member.name, member.stateIndex, server);
    this.clients.settle(member);
    this.finalClients?.settle(member);
    for (const watcher of this.watchers) {
      if (watcher.member === member.index) {
        watcher.check(this.oracle.model, server.store.compactedRevision);
      }
    }
    this.trace.mix(server.member.term);
    this.trace.mix(witness.committed);
    this.trace.mix(server.member.appliedIndex);
  }

  /** Tells the oracle what a member has applied since the last time. */
  #tell(member: SimMember): void {
    const { server, booted } = member;
    if (server === undefined || booted === undefined) return;
    const { appliedIndex } = server.member;
    if (appliedIndex <= member.toldIndex) return;
    const { storage } = booted;
    const entries = storage.entries(member.toldIndex + 1, appliedIndex + 1, Infinity);
    hold(
      entries?.length === appliedIndex - member.toldIndex,
      "applied is durable",
      () => `${member.name} applied ${appliedIndex} and has ${storage.lastIndex()} on disk`,
    );
    for (const entry of entries) this.oracle.applied(member.name, entry);
    member.toldIndex = appliedIndex;
  }

  #connectionLost(at: number, other: number): void {
    const { member } = this.#endpoints[at]!;
    const { member: gone } = this.#endpoints[other]!;
    if (gone !== undefined) member?.server?.peers?.connectionLost(gone.id, true);
  }

  readonly #carrier: DatabaseCarrier = {
    isConnected: (from, id) => {
      const to = this.members.find((member) => member.id === id);
      return to !== undefined && this.connections.isUp(from.index, to.index);
    },
    sends: (from, messages) => this.#send(from, messages),
    memberOf: (id) => this.members.find((member) => member.id === id),
    carry: ({ from, to }, arrived, lost) => {
      const link = { from: from.index, to: to.index, sender: from.process! };
      const arrive = (): void => {
        const member = this.members.find(({ index }) => index === to.index);
        if (member?.server !== undefined) arrived(member);
      };
      this.network.carry(link, arrive, lost);
    },
  };

  #send(from: SimMember, messages: readonly Message[]): void {
    for (const message of messages) {
      this.checks.sends(from.witness, message);
      const to = this.members.find(({ id }) => id === message.to);
      if (to !== undefined) this.network.send(from.index, to.index, message);
    }
  }

  /** A member gave up: it may when its disk failed, and starts again later. */
  #stopped(member: SimMember, error: Error): void {
    if (error instanceof Violation) throw error;
    const isDisk = error instanceof DiskError || isWalError(error, "failed");
    if (!member.hasFailedDisk || !isDisk) throw failed(member.name, error);
    this.trace.line(this.loop.nowUs, member.name, "stops", error.message);
    // Not now: its own code is still running.
    const restartMs = 500;
    this.loop.after(0, undefined, "exit", () => {
      this.crash(member, { power: this.faults.nextIsPower(), restartMs });
    });
    this.loop.pause(member.process!, Infinity);
  }

  #scheduleWatchers(): void {
    for (const watcher of this.watchers) {
      const step = (): void => {
        this.#stepWatcher(watcher);
        this.loop.after(watchStepUs, undefined, "watcher", step);
      };
      this.loop.after(watchStepUs, undefined, "watcher", step);
      for (const atMs of watcher.planned.progressAtMs) {
        this.loop.at(atMs * 1000, undefined, "ask progress", () => {
          this.askProgress(watcher);
        });
      }
      for (const { atMs, ms } of watcher.planned.stalls) {
        this.loop.at(atMs * 1000, undefined, "stall", () => watcher.stall(atMs + ms));
        this.loop.at((atMs + ms) * 1000, undefined, "drained", () => {
          this.#onMember(watcher, () => watcher.drained(this.loop.nowUs / 1000));
        });
      }
    }
  }

  #stepWatcher(watcher: WatchClient): void {
    const nowMs = this.loop.nowUs / 1000;
    watcher.tick(nowMs);
    if (watcher.member === undefined) {
      const up = this.members.filter(({ isReady }) => isReady);
      if (up.length === 0) return;
      const wanted = up.find(({ index }) => index === watcher.planned.member);
      const { index, name, server } = wanted ?? up[watcher.planned.member % up.length]!;
      watcher.connect({ index, name, server: server! }, nowMs);
    }
    this.#onMember(watcher, () => {
      watcher.advance(nowMs);
      watcher.restartEnded();
    });
    const { faults, cluster } = this.plan;
    if (!this.isHealed && faults.length > 0) return;
    const wellSinceMs = this.isHealed ? this.plan.healAtMs : 0;
    const { watchProgressMs: intervalMs, heartbeatMs } = cluster;
    lookAtPromptness(watcher, wellSinceMs, { loop: this.loop, intervalMs, heartbeatMs });
  }

  /** A watching client asks how far its stream has come. */
  askProgress(watcher: WatchClient): void {
    this.#onMember(watcher, () => watcher.requestProgress());
  }

  /** Runs what a watching client asks in its member's process, paused or not. */
  #onMember(watcher: WatchClient, run: () => void): void {
    const member = this.members.find(({ index }) => index === watcher.member);
    if (member?.process === undefined) return;
    this.loop.after(100, member.process, "watch call", () => {
      if (watcher.member === member.index) run();
    });
  }

  #scheduleHashes(): void {
    const check = (): void => {
      this.hashesCompared += checkHashes(this.members);
      this.loop.after(hashCheckUs, undefined, "hashes", check);
    };
    this.loop.after(hashCheckUs, undefined, "hashes", check);
  }
}

const failed = (who: string, error: unknown): Violation =>
  new Violation("members do not fail by themselves", `${who}: ${String(error)}`, error);
