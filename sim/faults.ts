// Carries out the faults of a plan: each begins at its time and ends by itself, at the latest when the
// world heals.
import type { Id64 } from "../src/base/index.ts";
import { type RandomSource, seededRandom } from "../src/base/index.ts";
import { encodeConfChangeContext } from "../src/core/membership/index.ts";
import { type ConfChange, ConfChangeType, makeConfChange } from "../src/core/proto/index.ts";
import type { SimMember } from "./member.ts";
import { type Fault, seedFor } from "./plan.ts";
import { Violation } from "./violation.ts";
import type { World } from "./world.ts";

const pollUs = 200_000;
const firstLearnerId = 0x1ea0_0000_0000_0000n;

/** The host it can be called at, whichever of several that were proposed has come to be. */
const learnerName = (id: Id64): string => `l${id - firstLearnerId + 1n}`;

type FaultOf<Kind extends Fault["kind"]> = Extract<Fault, { kind: Kind }>;

export class Faults {
  readonly #world: World;
  readonly #random: RandomSource;
  readonly counts: Record<string, number> = {};
  #learner: SimMember | undefined;
  #learners = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = seededRandom(seedFor(world.plan.seed, "fault details"));
  }

  schedule(): void {
    const { loop, plan } = this.#world;
    for (const fault of plan.faults) {
      loop.at(fault.atMs * 1000, undefined, "fault", () => this.#begin(fault), fault);
    }
  }

  /** Whether a process that stopped by itself takes the machine with it. */
  nextIsPower(): boolean {
    return this.#random.below(2) === 0;
  }

  #begin(fault: Fault): void {
    if (this.#world.isHealed) return;
    this.counts[fault.kind] = (this.counts[fault.kind] ?? 0) + 1;
    switch (fault.kind) {
      case "crash":
        return this.#crash(fault);
      case "crash all":
        for (const member of this.#world.members) {
          this.#world.crash(member, { power: fault.power, restartMs: fault.ms });
        }
        return;
      case "pause":
        return this.#pause(this.#member(fault.member), fault.ms);
      case "pause leader":
        return this.#pause(this.#leader(), fault.ms);
      case "partition":
        return this.#partition(fault);
      case "isolate leader":
        return this.#isolate(fault);
      case "slow link":
        return this.#slowLink(fault);
      case "reset":
        this.#world.network.reset(fault.from, fault.to);
        this.#world.network.reset(fault.to, fault.from);
        this.#world.connections.reset(fault.from, fault.to);
        return;
      case "slow disk":
      case "disk error":
      case "clock rate":
      case "wall jump":
        return this.#machine(fault);
      case "transfer":
        return this.#transfer(fault);
      case "defragment":
        return this.#defragment(fault);
      case "learner":
        return this.#changeLearner(fault.action);
    }
  }

  #member(index: number): SimMember | undefined {
    return this.#world.members.find((member) => member.index === index);
  }

  /** A member that takes itself for the leader; the one in the highest term. */
  #leader(): SimMember | undefined {
    let best: SimMember | undefined;
    for (const member of this.#world.members) {
      if (member.server?.raft.role !== "leader") continue;
      if (best === undefined || member.server.raft.term > best.server!.raft.term) best = member;
    }
    return best;
  }

  #later(ms: number, run: () => void): void {
    this.#world.loop.after(ms * 1000, undefined, "fault ends", run);
  }

  #crash({ member: index, power, operations, ms }: FaultOf<"crash">): void {
    const member = this.#member(index);
    if (member === undefined) return;
    const crash = (): void => this.#world.crash(member, { power, restartMs: ms });
    if (operations === undefined) crash();
    else member.crashAtOperation(operations, crash);
  }

  #pause(member: SimMember | undefined, ms: number): void {
    if (member?.process === undefined) return;
    const { loop } = this.#world;
    loop.pause(member.process, loop.nowUs + ms * 1000);
  }

  /** Both sides go on by themselves, or one side is not heard by the other. */
  #partition({ side, oneWay, ms, flapMs }: FaultOf<"partition">): void {
    const { plan } = this.#world;
    const places = Array.from({ length: plan.members + 1 }, (_, at) => at);
    const others = places.filter((at) => !side.includes(at));
    const pairs = side.flatMap((from) => others.map((to) => [from, to] as const));
    if (!oneWay) pairs.push(...pairs.map(([from, to]) => [to, from] as const));
    this.#cut(pairs, ms, flapMs);
  }

  #isolate({ oneWay, ms }: FaultOf<"isolate leader">): void {
    const leader = this.#leader();
    if (leader === undefined) return;
    const side = [leader.index];
    this.#partition({ atMs: 0, kind: "partition", side, oneWay, ms, flapMs: 0 });
  }

  #cut(pairs: readonly (readonly [number, number])[], ms: number, flapMs: number): void {
    const { network } = this.#world;
    let isCut = false;
    const cut = (on: boolean): void => {
      if (on === isCut || (on && this.#world.isHealed)) return;
      isCut = on;
      for (const [from, to] of pairs) {
        if (on) network.block(from, to);
        else network.unblock(from, to);
      }
    };
    cut(true);
    let isOver = false;
    const flap = (): void => {
      if (isOver) return;
      cut(!isCut);
      this.#later(flapMs, flap);
    };
    if (flapMs > 0) this.#later(flapMs, flap);
    this.#later(ms, () => {
      isOver = true;
      cut(false);
    });
  }

  #slowLink({ from, to, delayMs, ms }: FaultOf<"slow link">): void {
    const { network } = this.#world;
    network.slow(from, to, delayMs * 1000);
    this.#later(ms, () => network.slow(from, to, 0));
  }

  #machine(
    fault:
      | FaultOf<"slow disk">
      | FaultOf<"disk error">
      | FaultOf<"clock rate">
      | FaultOf<"wall jump">,
  ): void {
    const member = this.#member(fault.member);
    if (member === undefined) return;
    switch (fault.kind) {
      case "slow disk":
        member.slowSyncUs = fault.syncMs * 1000;
        this.#later(fault.ms, () => {
          member.slowSyncUs = 0;
        });
        return;
      case "disk error": {
        const { code, operation, losesPages } = fault;
        const isPartial = this.#random.below(2) === 0;
        if (operation === "write") {
          member.failNext("write", isPartial ? { code, stopsAtPage: true } : { code });
        } else member.failNext("sync", losesPages ? { code, losesPages: true } : { code });
        return;
      }
      case "clock rate": {
        const { clock } = member;
        clock?.setRate(fault.rate);
        this.#later(fault.ms, () => clock?.setRate(1));
        return;
      }
      case "wall jump":
        member.clock?.jumpWall(fault.jumpMs);
    }
  }

  #transfer({ to }: FaultOf<"transfer">): void {
    const target = this.#member(to);
    if (target !== undefined)
      this.#onLeader((leader) => leader.server!.raft.transferLeader(target.id));
  }

  /** As Maintenance.Defragment does; a failing disk ends it, and so does a database that came instead. */
  #defragment({ member: index }: FaultOf<"defragment">): void {
    const member = this.#member(index);
    if (member?.process === undefined) return;
    this.#world.loop.after(0, member.process, "operator", () => {
      const { installs } = member;
      member.server?.backend.durable?.defragment((error) => {
        const isReplaced = member.installs > installs;
        if (error === undefined) member.defragments++;
        else if (!member.hasFailedDisk && !isReplaced && member.process?.isDead === false) {
          throw new Violation("a database can be defragmented", `${member.name}: ${error.message}`);
        }
      });
    });
  }

  #onLeader(run: (leader: SimMember) => void): void {
    const leader = this.#leader();
    if (leader === undefined) return;
    this.#world.loop.after(0, leader.process, "operator", () => {
      run(leader);
      leader.server?.member.wake();
    });
  }

  // One member may join as a learner, be promoted, and be removed -------------------------------

  #changeLearner(action: "add" | "promote" | "remove"): void {
    const learner = this.#learner;
    if (action === "add") {
      if (learner === undefined) this.#addLearner();
    } else if (learner?.isUp && action === "promote") {
      this.#propose(ConfChangeType.ConfChangeAddNode, learner.id, true);
    } else if (learner?.isUp) {
      this.#propose(ConfChangeType.ConfChangeRemoveNode, learner.id, false);
      this.#awaitRemoval(learner);
    }
  }

  #addLearner(): void {
    const id = firstLearnerId + BigInt(this.#learners++);
    this.#propose(ConfChangeType.ConfChangeAddLearnerNode, id, false);
    const world = this.#world;
    let polls = 40;
    const poll = (): void => {
      if (this.#learner !== undefined) return;
      const isAdded = world.members.some(({ server }) => server?.cluster.member(id) !== undefined);
      if (isAdded) {
        const { clusterId, plan } = world;
        const joining = { kind: "learner", id, clusterId } as const;
        this.#learner = world.addMember(plan.members, learnerName(id), id, joining);
        world.start(this.#learner);
      } else if (polls-- > 0 || !world.isHealed) world.loop.after(pollUs, undefined, "poll", poll);
    };
    poll();
  }

  #awaitRemoval(learner: SimMember): void {
    const world = this.#world;
    const poll = (): void => {
      if (this.#learner !== learner) return;
      const knows = ({ server }: SimMember): boolean =>
        server !== undefined &&
        server.member.appliedIndex > 0 &&
        server.cluster.isRemoved(learner.id);
      if (world.members.some((member) => member !== learner && knows(member))) {
        world.removeMember(learner);
        this.#learner = undefined;
      } else world.loop.after(pollUs, undefined, "poll", poll);
    };
    poll();
  }

  #propose(type: ConfChangeType, id: Id64, isPromote: boolean): void {
    const name = learnerName(id);
    const member = {
      id,
      name: "",
      peerUrls: [`http://${name}:2380`],
      clientUrls: [],
      isLearner: type === ConfChangeType.ConfChangeAddLearnerNode,
    };
    const isRemoval = type === ConfChangeType.ConfChangeRemoveNode;
    this.#onLeader((leader) => {
      const change: ConfChange = makeConfChange({
        id: leader.server!.member.ids.next(),
        type,
        nodeId: id,
        context: isRemoval ? new Uint8Array(0) : encodeConfChangeContext({ member, isPromote }),
      });
      leader.server!.raft.proposeConfChange(change);
    });
  }
}
