// A random episode: which command comes next. All chance comes from the seed, and every decision is
// written down as a command line, so that both sides go the same way.
import { hexOf, type RandomSource, seededRandom } from "../../../src/base/index.ts";
import {
  ConfChangeTransition,
  ConfChangeType,
  encodeConfChange,
  encodeConfChangeV2,
  MessageType,
} from "../../../src/core/proto/index.ts";
import { snapshotIndex } from "../../../src/core/raft/index.ts";
import { DiffCluster } from "./diff-cluster.ts";
import type { DiffNode } from "./diff-node.ts";

/** Small ones, and two that need all 64 bits. */
const memberIds = [1n, 2n, 3n, 0x8e9e05c52164694dn, 0xfffffffffffffff1n, 6n];
const inFlightMax = 120;

export interface Episode {
  readonly seed: number;
  readonly commands: string[];
  /** What each command led to, as text. */
  readonly results: string[];
}

export function makeEpisode(seed: number, stepCount: number): Episode {
  return new Schedule(seed).run(stepCount);
}

class Schedule {
  readonly #seed: number;
  readonly #random: RandomSource;
  readonly #cluster = new DiffCluster();
  readonly #commands: string[] = [];
  readonly #results: string[] = [];
  /** The settings of each member; a restart uses them again. */
  readonly #options = new Map<bigint, string>();
  readonly #isLossy: boolean;
  readonly #isBusy: boolean;
  #cutOff = new Set<bigint>();

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
    this.#isLossy = this.#chance(0.6);
    this.#isBusy = this.#chance(0.5);
  }

  run(stepCount: number): Episode {
    this.#do(`reset ${this.#random.bits32()}`);
    this.#startMembers();
    while (this.#commands.length < stepCount && this.#results.at(-1) !== "panic") this.#step();
    return { seed: this.#seed, commands: this.#commands, results: this.#results };
  }

  #do(line: string): void {
    this.#commands.push(line);
    this.#results.push(this.#cluster.run(line));
  }

  #startMembers(): void {
    const shared = this.#clusterOptions();
    for (const id of memberIds) this.#options.set(id, `${shared} async=${this.#bit(0.4)}`);
    const voters = memberIds.slice(0, 1 + this.#random.below(5));
    if (this.#chance(0.3)) {
      for (const id of voters) {
        this.#do(`node ${id} ${this.#options.get(id)!}`);
        this.#do(`bootstrap ${id} ${voters.join(",")}`);
      }
      return;
    }
    const learners = this.#chance(0.3) ? memberIds.slice(-1) : [];
    for (const id of [...voters, ...learners]) {
      const state = `index=10 voters=${voters.join(",")} learners=${learners.join(",") || "0"}`;
      this.#do(`node ${id} ${this.#options.get(id)!} ${state}`);
    }
  }

  #clusterOptions(): string {
    const election = 3 + this.#random.below(8);
    const checkQuorum = this.#bit(0.5);
    const message = this.#pick(["none", "none", "0", "70", "300"]);
    const bytes = message === "none" ? "0" : this.#pick(["0", "300", "1000"]);
    return [
      `election=${election} heartbeat=${1 + this.#random.below(2)}`,
      `message=${message} inflightbytes=${bytes} inflight=${1 + this.#random.below(8)}`,
      `committed=${this.#pick(["none", message === "0" ? "70" : "0", "1", "150", "600"])}`,
      `uncommitted=${this.#pick(["0", "0", "120", "600"])}`,
      `checkquorum=${checkQuorum} prevote=${this.#bit(0.5)}`,
      `lease=${checkQuorum === 1 ? this.#bit(0.3) : 0}`,
      `noforward=${this.#bit(0.15)} novalidation=${this.#bit(0.03)} stepdown=${this.#bit(0.5)}`,
    ].join(" ");
  }

  #step(): void {
    if (this.#chance(0.002)) this.#cut();
    const roll = this.#random.below(1000);
    const [id, node] = this.#pick([...this.#cluster.nodes]);
    if (roll < 330) this.#moveMessage();
    else if (roll < 600) this.#hostWork(id, node);
    else if (roll < 790) this.#do(`tick ${id}`);
    else if (roll < 940) this.#hostWork(...this.#pick(this.#busyNodes(id, node)));
    else if (roll < 975 || this.#isBusy) this.#propose(id);
    else this.#rarely(id, node);
    if (this.#isBusy && this.#chance(0.03)) this.#rarely(id, node);
  }

  /** Those with something to hand out come first. */
  #busyNodes(id: bigint, node: DiffNode): [bigint, DiffNode][] {
    const busy = [...this.#cluster.nodes].filter(([, each]) => each.raw.hasReady());
    return busy.length > 0 ? busy : [[id, node]];
  }

  #moveMessage(): void {
    const { messages, nodes } = this.#cluster;
    if (messages.size === 0) return;
    const [first] = messages.keys();
    if (messages.size > inFlightMax) return this.#do(`drop ${first!}`);
    const window = this.#chance(this.#isLossy ? 0.7 : 0.95) ? 3 : messages.size;
    const key = nth(messages.keys(), this.#random.below(Math.min(window, messages.size)));
    const { from, to, type } = messages.get(key)!;
    const isCut = this.#cutOff.has(from) !== this.#cutOff.has(to);
    if (isCut || (this.#isLossy && this.#chance(0.08))) return this.#do(`drop ${key}`);
    if (!nodes.has(to)) this.#do(`node ${to} ${this.#options.get(to)!}`);
    // A snapshot moves the configuration at once; what was to be applied before it comes first.
    const target = nodes.get(to);
    if (type === MessageType.MsgSnap && target !== undefined && target.applyWork.length > 0) {
      return this.#hostWork(to, target);
    }
    const again = this.#isLossy && this.#chance(0.06);
    this.#do(`${again ? "redeliver" : "deliver"} ${key}`);
  }

  /** What the host of a node has to do: its disk, its state machine, its Ready. */
  #hostWork(id: bigint, node: DiffNode): void {
    const work: string[] = [];
    if (node.mustAdvance) work.push("advance");
    else if (node.raw.hasReady()) work.push("ready");
    if (node.local.length > 0) work.push("local", "local");
    if (node.applyWork.length > 0) work.push("apply");
    if (node.appendWork.length > 0) work.push("append");
    if (work.length > 0) this.#do(`${this.#pick(work)} ${id}`);
  }

  #propose(id: bigint): void {
    const count = this.#chance(0.8) ? 1 : 1 + this.#random.below(6);
    const words = Array.from({ length: count }, () => this.#data(this.#random.below(48)));
    this.#do(`propose ${id} ${words.join(" ")}`);
  }

  /** What happens now and then. */
  #rarely(id: bigint, node: DiffNode): void {
    const peer = this.#pick(memberIds);
    const actions: (() => void)[] = [
      () => this.#change(id, node),
      () => this.#change(id, node),
      () => this.#do(`read ${id} ${this.#data(8)}`),
      () => this.#do(`read ${id} ${this.#data(8)}`),
      () => this.#do(`transfer ${id} ${peer}`),
      () => this.#do(`campaign ${id}`),
      () => this.#do(`forget ${id}`),
      () => this.#do(`unreachable ${id} ${peer}`),
      () => this.#do(`snapshotted ${id} ${peer} ${1 + this.#random.below(2)}`),
      () => {
        // What is in a snapshot must be known as committed after a restart.
        if (node.appendWork.length === 0) this.#do(`snapshot ${id}`);
      },
      () => this.#compact(id, node),
      () => this.#compact(id, node),
      () => {
        if (this.#chance(0.3)) this.#do(`node ${id} ${this.#options.get(id)!}`);
      },
    ];
    this.#pick(actions)();
  }

  /** Only what is both applied and in a snapshot may go. */
  #compact(id: bigint, { raw, storage }: DiffNode): void {
    const last = Math.min(raw.applied, snapshotIndex(storage.snapshot()));
    const first = storage.firstIndex();
    if (last >= first) this.#do(`compact ${id} ${first + this.#random.below(last - first + 1)}`);
  }

  #change(id: bigint, node: DiffNode): void {
    const context = new Uint8Array(this.#random.below(3));
    const count = this.#chance(0.4) ? 1 : this.#random.below(4);
    // Nobody may take the last vote away: a change that cannot be applied stops all nodes.
    const mayRemove = node.raw.status().config.incoming.size > count;
    const changes = Array.from({ length: count }, () => ({
      type: mayRemove ? this.#random.below(4) : ConfChangeType.ConfChangeAddNode,
      nodeId: this.#pick(memberIds),
    }));
    if (count === 1 && this.#chance(0.6)) {
      const data = encodeConfChange({ ...changes[0]!, context, id: 0n });
      return this.#do(`change ${id} 1 x${hexOf(data)}`);
    }
    // Raft takes any empty change for one that leaves, but only this transition makes it one.
    const transition =
      count === 0
        ? ConfChangeTransition.ConfChangeTransitionAuto
        : this.#pick(Object.values(ConfChangeTransition));
    this.#do(`change ${id} 2 x${hexOf(encodeConfChangeV2({ transition, changes, context }))}`);
  }

  /** Cuts some members off from the others, or ends that. */
  #cut(): void {
    this.#cutOff = new Set(this.#chance(0.5) ? [] : memberIds.filter(() => this.#chance(0.4)));
  }

  #data(length: number): string {
    let text = "x";
    for (let at = 0; at < length; at++)
      text += ((this.#random.bits32() & 0xff) | 0x100).toString(16).slice(1);
    return text;
  }

  #chance(probability: number): boolean {
    return this.#random.below(1_000_000) < probability * 1_000_000;
  }

  #bit(probability: number): 0 | 1 {
    return this.#chance(probability) ? 1 : 0;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random.below(items.length)]!;
  }
}

function nth(keys: Iterable<number>, position: number): number {
  let at = 0;
  for (const key of keys) if (at++ === position) return key;
  throw new Error("a message was counted that is not there");
}
