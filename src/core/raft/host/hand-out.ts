// Where Readies are made: what a node has collected since the last one, taken together.
import { assert, zeroId } from "../../../base/index.ts";
import { encodedSize } from "../log/entry-size.ts";
import type { HardState, Message } from "../messages.ts";
import type { RaftState } from "../state.ts";
import type { Ready, SoftState } from "./ready.ts";
import { hardStateOf } from "./status.ts";
import {
  storageAppend,
  storageAppendResponse,
  storageApply,
  storageApplyResponse,
} from "./storage-threads.ts";

export class HandOut {
  readonly #raft: RaftState;
  readonly #isAsync: boolean;
  /** In the synchronous form entries may be applied in the same Ready that saves them. */
  readonly #appliable: { readonly allowUnstable: boolean };
  #lastSoftState: SoftState;
  #lastHardState: HardState;
  /** What the node is to be told once the Ready under way is done. Synchronous form only. */
  #answers: Message[] = [];

  constructor(raft: RaftState) {
    this.#raft = raft;
    this.#isAsync = raft.settings.asyncStorageWrites;
    this.#appliable = { allowUnstable: !this.#isAsync };
    this.#lastSoftState = { lead: raft.lead, role: raft.role };
    this.#lastHardState = hardStateOf(raft);
  }

  /** Nothing is saved yet, so the next Ready must bring the hard state. */
  forgetHardState(): void {
    this.#lastHardState = { term: 0, vote: zeroId, commit: 0 };
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

  /** Takes everything collected; none of the arrays is touched again from here. */
  ready(): Ready {
    const raft = this.#raft;
    assert(this.#answers.length === 0, "each Ready is advanced before the next is taken");
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
    const ready = {
      softState,
      hardState,
      readStates,
      entries,
      snapshot,
      committedEntries,
      messages,
      mustSync,
    };
    raft.messages = [];
    if (readStates.length > 0) raft.readStates = [];
    this.#collect(ready);
    if (raft.messagesAfterAppend.length > 0) raft.messagesAfterAppend = [];
    if (softState !== undefined) this.#lastSoftState = softState;
    if (hardState !== undefined) this.#lastHardState = hardState;
    log.unstable.acceptInProgress();
    if (committedEntries.length > 0) {
      const { index } = committedEntries[committedEntries.length - 1]!;
      log.acceptApplying(index, encodedSize(committedEntries), this.#appliable);
    }
    return ready;
  }

  /** What the node is to be told now that the last Ready is saved and applied. */
  takeAnswers(): readonly Message[] {
    assert(!this.#isAsync, "Advance must not be called when using AsyncStorageWrites");
    const answers = this.#answers;
    if (answers.length > 0) this.#answers = [];
    return answers;
  }

  /** Adds the messages that wait for the disk, and what this node is to be told when it is done. */
  #collect(work: Ready): void {
    const raft = this.#raft;
    const { committedEntries, messages } = work;
    if (this.#isAsync) {
      const append = storageAppend(raft, work);
      if (append !== undefined) messages.push(append);
      if (committedEntries.length > 0) messages.push(storageApply(raft, committedEntries));
      return;
    }
    for (const message of raft.messagesAfterAppend) {
      if (message.to === raft.id) this.#answers.push(message);
      else messages.push(message);
    }
    const stable = storageAppendResponse(raft, work);
    if (stable !== undefined) this.#answers.push(stable);
    if (committedEntries.length > 0) {
      this.#answers.push(storageApplyResponse(raft, committedEntries));
    }
  }

  #isSoftStateNew(): boolean {
    const { lead, role } = this.#lastSoftState;
    return this.#raft.role !== role || this.#raft.lead !== lead;
  }

  #isHardStateNew(): boolean {
    const { term, vote, commit } = this.#lastHardState;
    const raft = this.#raft;
    return raft.log.committed !== commit || raft.term !== term || raft.vote !== vote;
  }
}
