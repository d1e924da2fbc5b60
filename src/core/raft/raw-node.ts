// One raft node without threads, clocks or disks: the host steps it and does what each Ready says.
import { type Id64, zeroId } from "../../base/index.ts";
import { type AnyConfChange, changeEntry } from "./conf-change/change.ts";
import { bootstrap, type Peer } from "./bootstrap.ts";
import type { Config } from "./host/config.ts";
import { HandOut } from "./host/hand-out.ts";
import type { Ready } from "./host/ready.ts";
import { type Refusal, refusals } from "./host/refusal.ts";
import { type BasicStatus, basicStatusOf, type Status, statusOf } from "./host/status.ts";
import { applyChange } from "./membership.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  isLocalTarget,
  isLocalType,
  isResponseType,
  type Message,
  MessageType,
  newEntry,
  newMessage,
} from "./messages.ts";
import { isSound } from "./soundness.ts";
import { startRaft } from "./start.ts";
import type { RaftState, Role } from "./state.ts";
import { step } from "./step.ts";
import { tick } from "./tick.ts";

/** The state behind a node, for the checks of this room's tests; not part of the door. */
export let stateOf: (node: RawNode) => RaftState;

export class RawNode {
  static {
    stateOf = (node) => node.#raft;
  }

  readonly #raft: RaftState;
  readonly #handOut: HandOut;

  constructor(config: Config) {
    this.#raft = startRaft(config);
    this.#handOut = new HandOut(this.#raft);
  }

  get id(): Id64 {
    return this.#raft.id;
  }
  get role(): Role {
    return this.#raft.role;
  }
  /** The leader of this term as far as known, or zero. */
  get lead(): Id64 {
    return this.#raft.lead;
  }
  get term(): number {
    return this.#raft.term;
  }
  /** Whether this node leads and is not about to hand over: what is proposed now stands in its own log. */
  get takesProposals(): boolean {
    return this.#raft.lead === this.#raft.id && this.#raft.leadTransferee === zeroId;
  }
  get committed(): number {
    return this.#raft.log.committed;
  }
  get applied(): number {
    return this.#raft.log.applied;
  }

  /** Starts a new cluster on an empty storage: the peers become the first, committed entries. */
  bootstrap(peers: readonly Peer[]): void {
    bootstrap(this.#raft, peers);
    this.#handOut.forgetHardState();
  }

  /** One unit of time went by. */
  tick(): void {
    tick(this.#raft);
  }

  /** Time went by for a node that is known to be idle; it will not campaign of this alone. */
  tickQuiesced(): void {
    this.#raft.electionElapsed++;
  }

  /** Takes in a message of another node, or of a storage thread. */
  step(message: Message): Refusal | undefined {
    const isFromThread = isLocalTarget(message.from);
    if (!isFromThread && isLocalType(message.type)) return refusals.localMessage;
    if (!isFromThread && isResponseType(message.type)) {
      if (this.#raft.tracker.get(message.from) === undefined) return refusals.peerNotFound;
    }
    if (!isSound(message)) return refusals.malformedMessage;
    return step(this.#raft, message);
  }

  campaign(): void {
    this.#request(MessageType.MsgHup);
  }

  /** Proposes one entry. `tag` comes back on the committed entry, if this node appends it. */
  propose(data: Uint8Array, tag?: unknown): Refusal | undefined {
    return this.proposeEntries([newEntry(EntryType.EntryNormal, data, tag)]);
  }

  /**
   * Proposes entries together, all of them or none: a turn's worth costs one append to each
   * follower. They are `newEntry`s, now raft's, and come back as the same objects when committed.
   */
  proposeEntries(entries: Entry[]): Refusal | undefined {
    const message = this.#newRequest(MessageType.MsgProp);
    message.entries = entries;
    return step(this.#raft, message);
  }

  /**
   * Proposes a configuration change. Where it may not be made it goes through the log as an empty
   * entry. Undefined proposes to leave a joint configuration.
   */
  proposeConfChange(change: AnyConfChange | undefined, tag?: unknown): Refusal | undefined {
    return this.proposeEntries([changeEntry(change, tag)]);
  }

  /**
   * Puts a committed change into force; to be called for every one that is applied. A change that
   * the host rejects is given with node id zero. Returns the configuration to be stored.
   */
  applyConfChange(change: AnyConfChange): ConfState {
    return applyChange(this.#raft, change);
  }

  /** Asks from which index on reads are linearizable; the answer is a read state, or never comes. */
  readIndex(requestContext: Uint8Array): void {
    const message = newMessage(MessageType.MsgReadIndex, zeroId);
    message.entries = [newEntry(EntryType.EntryNormal, requestContext)];
    step(this.#raft, message);
  }

  /** Asks for leadership to be handed over to `transferee`. */
  transferLeader(transferee: Id64): void {
    this.#request(MessageType.MsgTransferLeader, transferee);
  }

  /** Lets a follower forget its leader, so that it may vote for another at once. */
  forgetLeader(): void {
    this.#request(MessageType.MsgForgetLeader);
  }

  /** The last messages to `id` did not arrive. */
  reportUnreachable(id: Id64): void {
    this.#request(MessageType.MsgUnreachable, id);
  }

  /** How it went to send a snapshot to `id`; must be told for every one. */
  reportSnapshot(id: Id64, outcome: "finished" | "failed"): void {
    const message = newMessage(MessageType.MsgSnapStatus, zeroId);
    message.from = id;
    message.reject = outcome === "failed";
    step(this.#raft, message);
  }

  status(): Status {
    return statusOf(this.#raft);
  }

  basicStatus(): BasicStatus {
    return basicStatusOf(this.#raft);
  }

  hasReady(): boolean {
    return this.#handOut.hasReady();
  }

  /**
   * Takes what there is to do. In the synchronous form `advance` must follow before the next one;
   * messages may be stepped in between.
   */
  ready(): Ready {
    return this.#handOut.ready();
  }

  /** The last Ready is saved and applied. Synchronous form only. */
  advance(): void {
    for (const message of this.#handOut.takeAnswers()) step(this.#raft, message);
  }

  /** A request of the host, in the name of `about` or of nobody. */
  #request(type: MessageType, about = zeroId): void {
    const message = newMessage(type, zeroId);
    message.from = about;
    step(this.#raft, message);
  }

  #newRequest(type: MessageType): Message {
    const message = newMessage(type, zeroId);
    message.from = this.#raft.id;
    return message;
  }
}
