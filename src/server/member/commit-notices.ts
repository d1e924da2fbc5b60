// A leader tells the others of every commit. Where nobody over there waits for it, the next append
// says the same: a message less to send, to read, and to answer.
import type { Id64 } from "../../base/index.ts";
import { type Message, MessageType } from "../../core/raft/index.ts";
import type { Cancel, Clock } from "../../io/host/index.ts";

type Send = (messages: readonly Message[]) => void;

/** So long a notice waits for an append to go in its place; watchers of a follower wait with it. */
const noticeDelayMs = 1;
/** So long a member that asked for something is told of commits at once. */
const attentionMs = 1000;
/** More than any cluster has: whoever makes up senders fills no memory. */
const askersMax = 64;

/**
 * Passes messages on. Appends without entries, which tell only what is committed, are held back for
 * a moment, unless their receiver has asked lately: its clients may wait for this commit. An append
 * that goes to the same member meanwhile tells at least as much, so what was held for it is dropped.
 */
export class CommitNotices {
  readonly #clock: Clock;
  readonly #deliver: Send;
  readonly #held = new Map<Id64, Message>();
  readonly #askers = new Set<Id64>();
  #attentiveMs = -Infinity;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, send: Send) {
    this.#clock = clock;
    this.#deliver = send;
  }

  /** A message came: of proposals and reads the sender waits for the outcome. */
  heard({ type, from }: Message): void {
    if (type !== MessageType.MsgProp && type !== MessageType.MsgReadIndex) return;
    this.#forgetAskers();
    if (this.#askers.size >= askersMax) this.#askers.clear();
    if (this.#askers.size === 0) this.#attentiveMs = this.#clock.nowMs();
    this.#askers.add(from);
  }

  send(messages: readonly Message[]): void {
    this.#forgetAskers();
    const going = messages.filter((message) => this.#goesNow(message));
    if (going.length > 0) this.#deliver(going);
    if (this.#held.size === 0) this.stop();
    else this.#cancel ??= this.#clock.after(noticeDelayMs, () => this.#release());
  }

  /** Forgets what is held. */
  stop(): void {
    this.#held.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** All of them together: who still asks is known again at once. */
  #forgetAskers(): void {
    if (this.#askers.size === 0) return;
    if (this.#clock.nowMs() - this.#attentiveMs > attentionMs) this.#askers.clear();
  }

  #goesNow(message: Message): boolean {
    if (message.type !== MessageType.MsgApp) return true;
    if (message.entries.length > 0 || this.#askers.has(message.to)) {
      this.#held.delete(message.to);
      return true;
    }
    this.#held.set(message.to, message);
    return false;
  }

  #release(): void {
    const held = [...this.#held.values()];
    this.stop();
    this.#deliver(held);
  }
}
