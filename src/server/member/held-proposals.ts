// Proposals that other members sent here while this one knows no leader: they wait, as etcd's Step
// has them wait, and go on when there is one.
import { assert } from "../../base/index.ts";
import { encodedSize, type Message } from "../../core/raft/index.ts";

/** Told when raft has taken a message, or with why it has not. */
export type Stepped = (error: Error | undefined) => void;

interface Held {
  readonly message: Message;
  readonly stepped: Stepped | undefined;
  readonly sinceMs: number;
  readonly bytes: number;
}

const heldBytesMax = 64 * 1024 * 1024;
const dropped = "raft proposal dropped";

export class HeldProposals {
  #held: Held[] = [];
  #bytes = 0;

  /** Keeps the message; one that does not fit is refused at once. */
  hold(message: Message, stepped: Stepped | undefined, nowMs: number): void {
    const bytes = encodedSize(message.entries);
    if (this.#bytes + bytes > heldBytesMax) {
      stepped?.(new Error(dropped));
      return;
    }
    this.#bytes += bytes;
    this.#held.push({ message, stepped, sinceMs: nowMs, bytes });
  }

  /** Refuses what waits since `limitMs` or longer: who proposed it was told that it took too long. */
  expire(limitMs: number): void {
    while (this.#held.length > 0 && this.#held[0]!.sinceMs <= limitMs) {
      const { stepped, bytes } = this.#held.shift()!;
      this.#bytes -= bytes;
      stepped?.(new Error(dropped));
    }
    assert(this.#bytes >= 0, "no more is let go than was held");
  }

  /** Hands out everything, in the order it came. */
  release(): readonly Held[] {
    const held = this.#held;
    this.#held = [];
    this.#bytes = 0;
    return held;
  }
}
