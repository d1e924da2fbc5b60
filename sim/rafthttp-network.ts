// The network as connections of bytes: members dial each other by name, and what stands in the way of
// messages in `Network` stands in the way of bytes here.
import { assert, type RandomSource } from "../src/base/index.ts";
import type { Loop, Process } from "./loop.ts";
import { type Endpoint, Network } from "./network.ts";
import type { NetworkPlan } from "./plan.ts";
import { ByteEnd, type EndEvents, errorOf } from "./rafthttp-end.ts";
import type { BytesPlan } from "./rafthttp-plan.ts";

interface Host {
  readonly place: number;
  /** That listens; undefined while none does. */
  process: Process | undefined;
  accept: (end: ByteEnd) => void;
  hasPower: boolean;
}

interface ByteLink {
  blocked: number;
  extraDelayUs: number;
  /** Until then it carries what was sent before. */
  busyUntilUs: number;
}

export interface Way {
  readonly from: number;
  readonly to: number;
}

export interface Dial {
  readonly place: number;
  readonly process: Process;
  /** The host's name. */
  readonly target: string;
}

const parts = 1_000_000;
const lossUs = 200_000;
const dialAgainUs = 1_000_000;

export class ByteNetwork extends Network {
  readonly loop: Loop;
  readonly random: RandomSource;
  readonly bytes: BytesPlan;
  readonly dials = { asked: 0, refused: 0, reset: 0 };
  readonly #plan: NetworkPlan;
  readonly #links: ByteLink[][];
  readonly #hosts = new Map<string, Host>();
  /** The end that dialled, of every connection. */
  readonly #ends = new Set<ByteEnd>();
  #isQuiet = false;

  constructor(
    loop: Loop,
    random: RandomSource,
    plan: NetworkPlan,
    endpoints: readonly Endpoint[],
    bytes: BytesPlan,
  ) {
    super(loop, random, plan, endpoints);
    this.loop = loop;
    this.random = random;
    this.#plan = plan;
    this.bytes = bytes;
    const newLink = (): ByteLink => ({ blocked: 0, extraDelayUs: 0, busyUntilUs: 0 });
    this.#links = endpoints.map(() => endpoints.map(newLink));
  }

  // Hosts ---------------------------------------------------------------------------------------

  /** A process begins to listen on its host. */
  listen(name: string, place: number, process: Process, accept: (end: ByteEnd) => void): void {
    for (const [other, host] of this.#hosts) if (host.place === place) this.#hosts.delete(other);
    this.#hosts.set(name, { place, process, accept, hasPower: true });
  }

  /** Its process ended; with the power its kernel, too. */
  override hostDied(name: string, isPowerLoss: boolean): void {
    const host = this.#hosts.get(name);
    if (host === undefined) return;
    host.process = undefined;
    host.hasPower = !isPowerLoss;
    for (const dialled of this.#ends) {
      for (const end of [dialled, dialled.peer!]) {
        if (end.place !== host.place) continue;
        if (isPowerLoss) end.vanish();
        else end.destroy();
        this.tidy(end);
      }
    }
  }

  // Faults --------------------------------------------------------------------------------------

  override calm(): void {
    this.#isQuiet = true;
    for (const link of this.#links.flat()) {
      link.blocked = 0;
      link.extraDelayUs = 0;
    }
  }

  override block(from: number, to: number): void {
    this.#links[from]![to]!.blocked++;
  }

  override unblock(from: number, to: number): void {
    const link = this.#links[from]![to]!;
    link.blocked = Math.max(0, link.blocked - 1);
  }

  override slow(from: number, to: number, extraDelayUs: number): void {
    this.#links[from]![to]!.extraDelayUs = extraDelayUs;
  }

  /** Connections that one has dialled to the other break, all or some, at any byte. */
  override reset(from: number, to: number): void {
    const isForAll = this.random.below(2) === 0;
    for (const dialled of this.#ends) {
      if (dialled.place !== from || dialled.peer!.place !== to) continue;
      if (!isForAll && this.random.below(2) === 0) continue;
      this.dials.reset++;
      for (const end of [dialled, dialled.peer!]) {
        if (!this.happens(this.bytes.halfOpenPpm)) end.breakOff();
      }
    }
  }

  override send(): void {
    assert(false, "messages go as bytes");
  }

  override carry(): void {
    assert(false, "databases go as bytes");
  }

  happens(ppm: number): boolean {
    return ppm > 0 && !this.#isQuiet && this.random.below(parts) < ppm;
  }

  /** Whether something that is sent now arrives. */
  isOpen(from: number, to: number): boolean {
    if (this.#links[from]![to]!.blocked > 0) return false;
    for (const host of this.#hosts.values()) if (host.place === to && !host.hasPower) return false;
    return true;
  }

  /** When so many bytes are over there. What is lost is sent again, which takes its time. */
  arrivalUs({ from, to }: Way, bytes: number): number {
    const link = this.#links[from]![to]!;
    const { delayUsMin, delayUsMax, heavyTailPpm, dropPpm } = this.#plan;
    let delayUs = delayUsMin + this.random.below(delayUsMax - delayUsMin + 1) + link.extraDelayUs;
    if (this.happens(heavyTailPpm)) delayUs *= 1 + this.random.below(200);
    if (this.happens(dropPpm)) delayUs += lossUs;
    const { bytesPerSecond = Infinity } = this.bytes;
    const beginsUs = Math.max(this.loop.nowUs, link.busyUntilUs);
    link.busyUntilUs = beginsUs + (bytes * 1e6) / bytesPerSecond;
    return Math.ceil(link.busyUntilUs + delayUs);
  }

  // Connections ---------------------------------------------------------------------------------

  /** Dials until there is an answer, or the end is destroyed. */
  dial(dial: Dial, events: EndEvents): ByteEnd {
    const end = new ByteEnd(this, dial.place, dial.process);
    end.listen(events);
    this.dials.asked++;
    this.#knock(dial, end, dialAgainUs);
    return end;
  }

  #knock(dial: Dial, end: ByteEnd, againUs: number): void {
    const host = this.#hosts.get(dial.target);
    const arriveUs =
      host === undefined
        ? this.loop.nowUs
        : this.arrivalUs({ from: dial.place, to: host.place }, 0);
    this.loop.at(arriveUs, undefined, "dial", () => {
      if (end.isClosed || dial.process.isDead) return;
      const to = this.#hosts.get(dial.target);
      const isHeard =
        to !== undefined && this.isOpen(dial.place, to.place) && this.isOpen(to.place, dial.place);
      if (isHeard) this.#answer(dial, end, to);
      else {
        this.loop.after(againUs, undefined, "dial again", () => {
          this.#knock(dial, end, 2 * againUs);
        });
      }
    });
  }

  #answer(dial: Dial, end: ByteEnd, host: Host): void {
    const { loop } = this;
    const backUs = this.arrivalUs({ from: host.place, to: dial.place }, 0);
    const { process, accept } = host;
    if (process === undefined || process.isDead || this.happens(this.bytes.refusePpm)) {
      this.dials.refused++;
      const error = errorOf("ECONNREFUSED", `connect ECONNREFUSED ${dial.target}`);
      loop.at(backUs, dial.process, "refused", () => end.fail(error));
      return;
    }
    const other = new ByteEnd(this, host.place, process);
    loop.after(0, process, "accept", () => {
      if (!other.isClosed) accept(other);
    });
    this.#ends.add(end);
    end.join(other);
    other.join(end);
    other.connected();
    loop.at(backUs, dial.process, "connected", () => {
      if (!end.isClosed) end.connected();
    });
  }

  /** Forgets a connection of which nothing is left. */
  tidy(end: ByteEnd): void {
    const { peer } = end;
    if (!end.isOver || peer?.isOver === false) return;
    this.#ends.delete(end);
    if (peer !== undefined) this.#ends.delete(peer);
  }
}
