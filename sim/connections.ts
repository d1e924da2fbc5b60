// Who is connected to whom, as far as members can tell. Messages go over the network whatever stands
// here; this is what the kernel says at once: a connection was reset, or the process at its other end
// is gone (RaftPort.connectionLost), and whether it could be made anew since.
import type { Loop, Process } from "./loop.ts";

/** As often as rafthttp dials. */
const dialUs = 100_000;
const noticeUs = 200;

export interface ConnectionScope {
  /** Where members talk by bytes their connections are the real transport's. */
  readonly isByBytes: boolean;
  readonly loop: Loop;
  readonly places: number;
  readonly isBlocked: (from: number, to: number) => boolean;
  /** Undefined while nothing runs there. */
  readonly processAt: (place: number) => Process | undefined;
  /** The member at one place hears that its connection to the other was reset. */
  readonly lost: (at: number, other: number) => void;
}

export class Connections {
  readonly #scope: ConnectionScope;
  readonly #broken = new Set<number>();
  /** Ends that heard of a connection's end. */
  notices = 0;

  constructor(scope: ConnectionScope) {
    this.#scope = scope;
  }

  isUp(a: number, b: number): boolean {
    return !this.#broken.has(this.#pair(a, b));
  }

  /** Both ends hear of it, unless a partition keeps it from them. */
  reset(a: number, b: number): void {
    if (a === b || this.#scope.isByBytes) return;
    this.#notice(a, b);
    this.#notice(b, a);
    const pair = this.#pair(a, b);
    if (this.#broken.has(pair)) return;
    this.#broken.add(pair);
    this.#dial(a, b);
  }

  /** The kernel shuts what a process leaves open. A machine without power says nothing. */
  processEnded(place: number): void {
    for (let other = 0; other < this.#scope.places; other++) {
      if (this.#scope.processAt(other) !== undefined) this.reset(place, other);
    }
  }

  #pair(a: number, b: number): number {
    return Math.min(a, b) * this.#scope.places + Math.max(a, b);
  }

  #notice(at: number, other: number): void {
    const { loop, isBlocked, processAt, lost } = this.#scope;
    const process = processAt(at);
    if (process === undefined || isBlocked(other, at)) return;
    loop.after(noticeUs, process, "connection lost", () => {
      this.notices++;
      lost(at, other);
    });
  }

  #dial(a: number, b: number): void {
    this.#scope.loop.after(dialUs, undefined, "dial", () => {
      if (this.#answers(a, b) && this.#answers(b, a)) this.#broken.delete(this.#pair(a, b));
      else this.#dial(a, b);
    });
  }

  #answers(from: number, to: number): boolean {
    const { loop, isBlocked, processAt } = this.#scope;
    const process = processAt(to);
    return process !== undefined && process.pausedUntilUs <= loop.nowUs && !isBlocked(from, to);
  }
}
