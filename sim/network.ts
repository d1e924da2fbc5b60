// Messages between members: encoded when they are sent and decoded when they arrive. Each ordered pair
// of members has two streams, as rafthttp has, and each keeps its order; what a reset loses is the end
// of a stream, and what goes beside the streams may arrive whenever it likes.
import type { RandomSource } from "../src/base/index.ts";
import { decodeMessage, encodeMessage } from "../src/core/proto/index.ts";
import { type Message, MessageType } from "../src/core/raft/index.ts";
import type { Loop, Process } from "./loop.ts";
import type { NetworkPlan } from "./plan.ts";

/** Where messages go. */
export interface Endpoint {
  /** Undefined while it is down. */
  readonly process: Process | undefined;
  receive(message: Message): void;
}

/** As many as rafthttp keeps for one stream. */
const queueMax = 4096;
const parts = 1_000_000;
/** A refused connection is known soon, one that says nothing after a while. */
const carryLostUs = 50_000;
const carryPatienceUs = 5_000_000;

interface Stream {
  lastArrivalUs: number;
  /** Messages given to it, and those of them that are still on their way. */
  sent: number;
  waiting: number;
  /** Those with a higher number that were sent before the last reset are lost. */
  survivors: number;
  resetAt: number;
}

interface Link {
  readonly streams: readonly [Stream, Stream];
  /** How many partitions stand in the way. */
  blocked: number;
  extraDelayUs: number;
}

export interface NetworkCounts {
  sent: number;
  delivered: number;
  dropped: number;
  duplicated: number;
}

export class Network {
  readonly counts: NetworkCounts = { sent: 0, delivered: 0, dropped: 0, duplicated: 0 };
  readonly #loop: Loop;
  readonly #random: RandomSource;
  readonly #plan: NetworkPlan;
  readonly #endpoints: readonly Endpoint[];
  readonly #links: Link[][];
  #isCalm = false;

  constructor(loop: Loop, random: RandomSource, plan: NetworkPlan, endpoints: readonly Endpoint[]) {
    this.#loop = loop;
    this.#random = random;
    this.#plan = plan;
    this.#endpoints = endpoints;
    this.#links = endpoints.map(() => endpoints.map(newLink));
  }

  /** From now on nothing is lost and nothing stands in the way; connections are made anew. */
  calm(): void {
    this.#isCalm = true;
    for (const link of this.#links.flat()) {
      link.blocked = 0;
      link.extraDelayUs = 0;
      for (const stream of link.streams) {
        stream.survivors = 0;
        stream.resetAt = stream.sent;
        stream.lastArrivalUs = this.#loop.nowUs;
      }
    }
  }

  block(from: number, to: number): void {
    this.#links[from]![to]!.blocked++;
  }

  unblock(from: number, to: number): void {
    const link = this.#links[from]![to]!;
    link.blocked = Math.max(0, link.blocked - 1);
  }

  isBlocked(from: number, to: number): boolean {
    return this.#links[from]![to]!.blocked > 0;
  }

  slow(from: number, to: number, extraDelayUs: number): void {
    this.#links[from]![to]!.extraDelayUs = extraDelayUs;
  }

  /** The connection breaks: of what is on its way only the beginning still arrives. */
  reset(from: number, to: number): void {
    for (const stream of this.#links[from]![to]!.streams) {
      stream.survivors = stream.sent - this.#random.below(stream.waiting + 1);
      stream.resetAt = stream.sent;
      stream.lastArrivalUs = this.#loop.nowUs;
    }
  }

  /** A host's process is gone, or all of it. Messages notice when they arrive. */
  hostDied(_name: string, _isPowerLoss: boolean): void {}

  send(from: number, to: number, message: Message): void {
    this.counts.sent++;
    const link = this.#links[from]![to]!;
    const stream = link.streams[message.type === MessageType.MsgApp ? 0 : 1];
    if (link.blocked > 0 || stream.waiting >= queueMax || this.#happens(this.#plan.dropPpm)) {
      this.counts.dropped++;
      return;
    }
    const bytes = encodeMessage(message);
    const number = ++stream.sent;
    let atUs = this.#loop.nowUs + this.#delayUs() + link.extraDelayUs;
    if (!this.#happens(this.#plan.besidePpm)) {
      atUs = Math.max(atUs, stream.lastArrivalUs + 1);
      stream.lastArrivalUs = atUs;
    }
    this.#deliverAt(atUs, from, to, stream, number, bytes);
    // A forwarded proposal is not a question that may be asked twice, and no transport doubles it.
    if (message.type === MessageType.MsgProp || !this.#happens(this.#plan.duplicatePpm)) return;
    this.counts.duplicated++;
    this.#deliverAt(atUs + 1 + this.#delayUs() * 4, from, to, stream, number, bytes);
  }

  /**
   * A piece of a database, on a connection of its own: it arrives once, or `lost` is called at the
   * sender, late where nobody says that the other end is gone.
   */
  carry(
    link: { from: number; to: number; sender: Process },
    arrive: () => void,
    lost: () => void,
  ): void {
    const { from, to, sender } = link;
    let isOver = false;
    const give = (patienceUs: number): void => {
      this.#loop.after(patienceUs, sender, "database lost", () => {
        if (!isOver) lost();
        isOver = true;
      });
    };
    const { blocked, extraDelayUs } = this.#links[from]![to]!;
    const { process } = this.#endpoints[to]!;
    if (blocked > 0 || process === undefined) return give(carryLostUs);
    const atUs = this.#loop.nowUs + this.#delayUs() + extraDelayUs;
    const come = (): void => {
      if (isOver || this.#links[from]![to]!.blocked > 0) return;
      isOver = true;
      arrive();
    };
    this.#loop.at(atUs, process, "database", come);
    give(atUs - this.#loop.nowUs + carryPatienceUs);
  }

  #deliverAt(
    atUs: number,
    from: number,
    to: number,
    stream: Stream,
    number: number,
    bytes: Uint8Array,
  ): void {
    stream.waiting++;
    const { process } = this.#endpoints[to]!;
    if (process === undefined) {
      stream.waiting--;
      return;
    }
    const arrive = (): void => {
      stream.waiting--;
      const isReset = number > stream.survivors && number <= stream.resetAt;
      if (isReset || this.#links[from]![to]!.blocked > 0) {
        this.counts.dropped++;
        return;
      }
      this.counts.delivered++;
      this.#endpoints[to]!.receive(decodeMessage(bytes));
    };
    this.#loop.at(atUs, process, "message", arrive, { from, bytes });
  }

  #delayUs(): number {
    const { delayUsMin, delayUsMax, heavyTailPpm } = this.#plan;
    const usual = delayUsMin + this.#random.below(delayUsMax - delayUsMin + 1);
    return this.#happens(heavyTailPpm) ? usual * (1 + this.#random.below(200)) : usual;
  }

  #happens(ppm: number): boolean {
    return ppm > 0 && !this.#isCalm && this.#random.below(parts) < ppm;
  }
}

const newStream = (): Stream => ({
  lastArrivalUs: 0,
  sent: 0,
  waiting: 0,
  survivors: 0,
  resetAt: 0,
});
const newLink = (): Link => ({
  streams: [newStream(), newStream()],
  blocked: 0,
  extraDelayUs: 0,
});
