// One raft node without threads, clocks or disks: the host steps it and does what each Ready says.
import { assert, type Id64, zeroId } from "../../base/index.ts";
import { type AnyConfChange, changeEntry } from "./conf-change/change.ts";
import { bootstrap, type Peer } from "./bootstrap.ts";
import type { Config } from "./host/config.ts";
import type { Ready, SoftState } from "./host/ready.ts";
import { type Refusal, refusals } from "./host/refusal.ts";
import {
  type BasicStatus,
  basicStatusOf,
  hardStateOf,
  type Status,
  statusOf,
} from "./host/status.ts";
import {
  storageAppend,
  storageAppendResponse,
  storageApply,
  storageApplyResponse,
} from "./host/storage-threads.ts";
import { encodedSize } from "./log/entry-size.ts";
import { applyChange } from "./membership.ts";
import {
  type ConfState,
  type Entry,
  EntryType,
  type HardState,
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
  readonly #isAsync: boolean;
  /** In the synchronous form entries may be applied in the same Ready that saves them. */
  readonly #appliable: { readonly allowUnstable: boolean };
  #lastSoftState: SoftState;
  #lastHardState: HardState;
  /** What this node tells itself once the Ready under way is done. Synchronous form only. */
  #onAdvance: Message[] = [];

  constructor(config: Config) {
    this.#raft = startRaft(config);
    this.#isAsync = this.#raft.settings.asyncStorageWrites;
    this.#appliable = { allowUnstable: !this.#isAsync };
    ({ softState: this.#lastSoftState, hardState: this.#lastHardState } = this.basicStatus());
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
  get committed(): number {
    return this.#raft.log.committed;
  }
  get applied(): number {
    return this.#raft.log.applied;
  }

  /** Starts a new cluster on an empty storage: the peers become the first, committed entries. */
  bootstrap(peers: readonly Peer[]): void {
    bootstrap(this.#raft, peers);
    // Nothing is saved yet, so the first Ready must bring the hard state.
    this.#lastHardState = { term: 0, vote: zeroId, commit: 0 };
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
    const { log, messages, messagesAfterAppend, readStates } = this.#raft;
    return (
      messages.length > 0 ||
      messagesAfterAppend.length > 0 ||
      readStates.length > 0 ||
      log.unstable.hasNextEntries ||
      log.unstable.nextSnapshot !== undefined ||
      log.hasNextCommitted(this.#appliable) ||
      this.#isSoftStateNew() ||
      this.#isHardStateNew()
    );
  }

  /**
   * Takes what there is to do. In the synchronous form `advance` must follow before the next one;
   * messages may be stepped in between.
   */
  ready(): Ready {
    const raft = this.#raft;
    assert(this.#onAdvance.length === 0, "each Ready is advanced before the next is taken");
    const { role, lead, log } = raft;
    const softState = this.#isSoftStateNew() ? { lead, role } : undefined;
    const entries = log.unstable.hasNextEntries ? log.unstable.nextEntries() : [];
    const mustSync =
      entries.length > 0 ||
      raft.term !== this.#lastHardState.term ||
      raft.vote !== this.#lastHardState.vote;
    const hardState = this.#isHardStateNew() ? hardStateOf(raft) : undefined;
    const snapshot = log.unstable.nextSnapshot;
    const committedEntries = log.nextCommitted(this.#appliable);
    const { messages, readStates } = raft;
    raft.messages = [];
    if (readStates.length > 0) raft.readStates = [];
    this.#collect({ entries, hardState, snapshot, committedEntries, messages });
    if (raft.messagesAfterAppend.length > 0) raft.messagesAfterAppend = [];
    if (softState !== undefined) this.#lastSoftState = softState;
    if (hardState !== undefined) this.#lastHardState = hardState;
    log.unstable.acceptInProgress();
    const last = committedEntries.at(-1);
    if (last !== undefined) {
      log.acceptApplying(last.index, encodedSize(committedEntries), this.#appliable);
    }
    return {
      softState,
      hardState,
      readStates,
      entries,
      snapshot,
      committedEntries,
      messages,
      mustSync,
    };
  }

  /** The last Ready is saved and applied. Synchronous form only. */
  advance(): void {
    assert(!this.#isAsync, "Advance must not be called when using AsyncStorageWrites");
    const messages = this.#onAdvance;
    this.#onAdvance = [];
    for (const message of messages) step(this.#raft, message);
  }

  /** Adds the messages that wait for the disk, and what this node is to be told when it is done. */
  #collect(
    work: Pick<Ready, "entries" | "hardState" | "snapshot" | "committedEntries" | "messages">,
  ): void {
    const raft = this.#raft;
    const { committedEntries, messages } = work;
    if (this.#isAsync) {
      const append = storageAppend(raft, work);
      if (append !== undefined) messages.push(append);
      if (committedEntries.length > 0) messages.push(storageApply(raft, committedEntries));
      return;
    }
    for (const message of raft.messagesAfterAppend) {
      if (message.to === raft.id) this.#onAdvance.push(message);
      else messages.push(message);
    }
    const stable = storageAppendResponse(raft, work);
    if (stable !== undefined) this.#onAdvance.push(stable);
    if (committedEntries.length > 0) {
      this.#onAdvance.push(storageApplyResponse(raft, committedEntries));
    }
  }

  #isSoftStateNew(): boolean {
    const { lead, role } = this.#lastSoftState;
    return this.#raft.lead !== lead || this.#raft.role !== role;
  }

  #isHardStateNew(): boolean {
    const { term, vote, commit } = this.#lastHardState;
    const raft = this.#raft;
    return raft.term !== term || raft.vote !== vote || raft.log.committed !== commit;
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
