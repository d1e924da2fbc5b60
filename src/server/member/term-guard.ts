// What must not be said before a term and a vote are on disk.
import type { Id64 } from "../../base/index.ts";
import type { HardState, Message } from "../../core/raft/index.ts";

type Send = (messages: readonly Message[]) => void;

/**
 * Sends, unless a term or vote is still on its way to the disk. A candidate may win without its own
 * vote; one that led, lost its term in a crash and was elected in it once more would write two
 * entries at one place. etcd's member, too, saves before it sends unless it leads already.
 */
export class TermGuard {
  readonly #deliver: Send;
  #term: number;
  #vote: Id64;
  #saves = 0;
  #held: Message[] = [];

  constructor(hardState: HardState | undefined, send: Send) {
    this.#deliver = send;
    this.#term = hardState?.term ?? 0;
    this.#vote = hardState?.vote ?? 0n;
  }

  /** Whether a hard state has another term or vote than the one handed to the log last. */
  isNew(state: HardState | undefined): boolean {
    return state !== undefined && (state.term !== this.#term || state.vote !== this.#vote);
  }

  /** A hard state is handed to the log; true when `saved` is to follow. */
  begin(state: HardState): boolean {
    if (!this.isNew(state)) return false;
    this.#term = state.term;
    this.#vote = state.vote;
    this.#saves++;
    return true;
  }

  saved(): void {
    if (--this.#saves > 0 || this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    this.#deliver(held);
  }

  send(messages: readonly Message[]): void {
    if (this.#saves > 0) this.#held.push(...messages);
    else this.#deliver(messages);
  }
}
