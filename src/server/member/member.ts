// One running member. Everything that may happen to it gathers in its inbox; a turn takes all of it,
// steps raft once and carries out what raft asks for (docs/adr/0002-pure-core-and-turn.md).
import { assert, type Id64 } from "../../base/index.ts";
import type { AuthInfo } from "../../core/auth/index.ts";
import { Code, EtcdError, errors } from "../../core/errors/index.ts";
import {
  type ConfChange,
  type ConfState,
  encodeConfChange,
  encodeInternalRaftRequest,
  type InternalRaftRequestRequestCase,
  makeInternalRaftRequest,
  makeRequestHeader,
} from "../../core/proto/index.ts";
import {
  type Entry,
  EntryType,
  type Message,
  MessageType,
  newEntry,
  payloadSize,
  type RawNode,
  type Snapshot,
  snapshotIndex,
} from "../../core/raft/index.ts";
import { AppliedEntries } from "./applied-entries.ts";
import { exceedsApplyGap } from "./apply-gap.ts";
import { HeldProposals, type Stepped } from "./held-proposals.ts";
import { forwardable } from "./forwarding.ts";
import { MemoryCompaction } from "./memory-compaction.ts";
import { MemberMeters } from "./meters.ts";
import { ReadIndex, type ReadDone } from "./read-index.ts";
import type { MemberParts, MemberSettings, Settled } from "./member-parts.ts";
import { slowReadLog } from "./slow-read-log.ts";
import { contextOf, RequestIds } from "./request-ids.ts";
import { TermGuard } from "./term-guard.ts";
import { Ticker } from "./ticker.ts";
import { isAwaited, Wait, type Waiting } from "./wait.ts";

// What may wait for a turn, or for a leader. etcd has no such limit: there each waiting call costs a
// goroutine, here nothing but these bytes would stop it.
const waitingProposalBytesMax = 64 * 1024 * 1024;
/** Proposed or applied in one turn: some milliseconds of work, then others have theirs done. */
const turnBytesMax = 2 * 1024 * 1024;

export type { Settled } from "./member-parts.ts";

const isForStorage = ({ type }: Message): boolean =>
  type === MessageType.MsgStorageAppend || type === MessageType.MsgStorageApply;

export class Member {
  readonly settings: MemberSettings;
  readonly ids: RequestIds;
  readonly meters: MemberMeters;
  readonly #parts: MemberParts;
  readonly #wait = new Wait<Settled>();
  readonly #reads: ReadIndex;
  // The inbox.
  #proposals: Entry[] = [];
  #proposalBytes = 0;
  #messages: Message[] = [];
  #stepped: (Stepped | undefined)[] = [];
  #requests: ((raft: RawNode) => void)[] = [];
  readonly #forwarded = new HeldProposals();
  #ticks = 0;
  /** In this turn. */
  #appliedBytes = 0;
  /** What goes to others when the answers of this turn have gone: most of it only says what is committed. */
  #late: Message[] = [];
  #turnIsDue = false;
  #stopped = false;
  #isAlone = false;
  readonly #ticker: Ticker;
  #lead: Id64 = 0n;
  #hadLeader = false;
  #committedIndex = 0;
  readonly #applied: AppliedEntries;
  readonly #memory: MemoryCompaction;
  readonly #terms: TermGuard;
  /** While a snapshot is put in place: what is to be appended behind it. */
  #behindSnapshot: Message[] | undefined;

  constructor(parts: MemberParts) {
    this.#parts = parts;
    this.#terms = new TermGuard(parts.storage.initialState().hardState, parts.send);
    this.settings = parts.settings;
    this.#memory = new MemoryCompaction(parts);
    this.meters = new MemberMeters(parts.log, parts.settings.warningApplyMs);
    this.#committedIndex = parts.appliedIndex;
    this.ids = new RequestIds(parts.settings.id, parts.clock.wallMs());
    this.#reads = new ReadIndex(
      {
        ask: (context) => parts.raft.readIndex(context),
        nextContext: () => contextOf(this.ids.next()),
        nowMs: () => parts.clock.nowMs(),
        onSlow: slowReadLog(parts.log, parts.settings.requestTimeoutMs),
      },
      { timeoutMs: parts.settings.requestTimeoutMs, counts: this.meters.reads },
    );
    this.#ticker = new Ticker(parts.clock, parts.settings.heartbeatMs, () => {
      this.#ticks++;
      this.turn();
    });
    const { ids, meters } = this;
    this.#applied = new AppliedEntries({
      parts,
      ids,
      meters,
      wait: this.#wait,
      reads: this.#reads,
    });
  }

  get lead(): Id64 {
    return this.#lead;
  }
  get isLeader(): boolean {
    return this.#lead === this.settings.id;
  }
  get term(): number {
    return this.#parts.raft.term;
  }
  get committedIndex(): number {
    return this.#committedIndex;
  }
  get appliedIndex(): number {
    return this.#applied.index;
  }
  /** Proposals that wait for their answer. */
  get pendingProposals(): number {
    return this.#wait.size;
  }
  get isStopped(): boolean {
    return this.#stopped;
  }
  get confState(): ConfState {
    return this.#applied.confState;
  }

  /** Begins to tick. A member that is the only voter begins its first term at once. */
  start(): void {
    this.#isAlone = true;
    this.#ticker.start();
    this.#scheduleTurn();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#ticker.stop();
    this.#reads.stop();
    this.#wait.settleAll(errors.stopped());
  }

  /**
   * Puts a request into the log. `settle` is called once: when the entry has been applied here, or
   * with the reason why it was not taken or not heard of in time. `request` is copied before return.
   * `info` says on whose behalf, while auth is on.
   */
  propose(
    kind: InternalRaftRequestRequestCase,
    request: Uint8Array,
    settle: (outcome: Settled) => void,
    info?: AuthInfo,
  ): void {
    if (this.#stopped) return settle(errors.stopped());
    const gap = this.#committedIndex - this.#applied.index;
    if (exceedsApplyGap(gap, kind, this.settings.prioritizesRevokes)) {
      return settle(errors.requestTooManyRequests());
    }
    const suffix = this.ids.nextSuffix();
    const header = makeRequestHeader({ ID: this.ids.whole(suffix) });
    if (info !== undefined) {
      header.username = info.username;
      header.authRevision = info.revision;
    }
    const data = encodeInternalRaftRequest(
      makeInternalRaftRequest({ header, request: { case: kind, value: request } }),
    );
    if (data.length > this.settings.maxRequestBytes) return settle(errors.requestTooLarge());
    if (this.#proposalBytes + data.length > waitingProposalBytesMax) {
      return settle(errors.requestTooManyRequests());
    }
    this.#proposalBytes += data.length;
    const waiting = this.#wait.open(suffix, this.#parts.clock.nowMs(), settle);
    this.#proposals.push(newEntry(EntryType.EntryNormal, data, waiting));
    this.#scheduleTurn();
  }

  /** Puts a change of the configuration into the log; its id is set here. As `propose`. */
  proposeConfChange(change: ConfChange, settle: (outcome: Settled) => void): void {
    if (this.#stopped) return settle(errors.stopped());
    const suffix = this.ids.nextSuffix();
    const data = encodeConfChange({ ...change, id: this.ids.whole(suffix) });
    this.#proposalBytes += data.length;
    const waiting = this.#wait.open(suffix, this.#parts.clock.nowMs(), settle);
    this.#proposals.push(newEntry(EntryType.EntryConfChange, data, waiting));
    this.#scheduleTurn();
  }

  /** Calls back when a read of this member's state is linearizable. */
  readIndex(done: ReadDone): void {
    if (this.#stopped) return done(errors.stopped());
    if (this.#reads.isFull) return done(errors.requestTooManyRequests());
    this.#reads.join(done);
    this.#scheduleTurn();
  }

  /** A message of a peer. `stepped` is called when raft has taken it, or with why it has not. */
  receive(message: Message, stepped?: Stepped): void {
    this.#messages.push(message);
    this.#stepped.push(stepped);
    this.#scheduleTurn();
  }

  /** Asks raft itself in the next turn, between messages and proposals: a transfer, a report. */
  request(ask: (raft: RawNode) => void): void {
    this.#requests.push(ask);
    this.#scheduleTurn();
  }

  /** Asks for a turn though nothing is in the inbox. */
  wake(): void {
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#turnIsDue || this.#stopped) return;
    this.#turnIsDue = true;
    this.#parts.clock.later(() => this.turn());
  }

  /** Takes all that has come, steps once, hands out once. */
  turn(): void {
    this.#turnIsDue = false;
    if (this.#stopped || this.#parts.hold?.isHeld === true) return;
    this.#orGiveUp(() => {
      this.#appliedBytes = 0;
      this.#stepInbox();
      this.#carryOutAll();
      if (this.#isAlone) this.#campaignAlone();
      this.#parts.endTurn();
      this.#sendLate();
    });
  }

  #orGiveUp(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#giveUp(error as Error);
    }
  }

  /** A member alone need not wait for an election timeout: nobody else can be leading. */
  #campaignAlone(): void {
    const { raft, settings } = this.#parts;
    if (raft.lead !== 0n || raft.committed === 0 || raft.applied < raft.committed) return;
    this.#isAlone = false;
    const { voters } = this.#applied.confState;
    if (voters.length !== 1 || voters[0] !== settings.id) return;
    raft.campaign();
    this.#carryOutAll();
  }

  #giveUp(error: Error): void {
    if (this.#stopped) return;
    this.stop();
    this.#parts.fail(error);
  }

  #stepInbox(): void {
    const { raft } = this.#parts;
    if (this.#ticks > 0) {
      for (; this.#ticks > 0; this.#ticks--) raft.tick();
      this.#reads.tick();
      const limitMs = this.#parts.clock.nowMs() - this.settings.requestTimeoutMs;
      if (this.#proposals.length > 0) this.#expireHeld(limitMs);
      this.meters.proposalsFailed += this.#wait.expire(limitMs, this.#parts.timeoutError);
      this.#forwarded.expire(limitMs);
    }
    if (this.#messages.length > 0) this.#stepMessages();
    if (this.#requests.length > 0) {
      const requests = this.#requests;
      this.#requests = [];
      for (const ask of requests) ask(raft);
    }
    if (this.#proposals.length > 0) this.#stepProposals();
    if (this.#knowsCommit()) this.#reads.start();
  }

  #stepMessages(): void {
    const { raft, clock } = this.#parts;
    const messages = this.#messages;
    const stepped = this.#stepped;
    this.#messages = [];
    this.#stepped = [];
    for (let at = 0; at < messages.length; at++) {
      const message = messages[at]!;
      const told = stepped[at];
      if (message.type === MessageType.MsgProp && raft.lead === 0n) {
        this.#forwarded.hold(message, told, clock.nowMs());
        continue;
      }
      const refusal = raft.step(message);
      told?.(refusal === undefined ? undefined : new Error(refusal.message));
    }
  }

  /** Without a leader proposals wait here, as etcd's Propose does; their callers time out. */
  #stepProposals(): void {
    const { raft } = this.#parts;
    if (raft.lead === 0n) return;
    const [proposals, bytes] = this.#takeProposals();
    const left = this.#proposals.length;
    if (raft.lead !== this.settings.id) {
      for (const part of forwardable(proposals)) this.#propose(part, 0);
    } else this.#propose(proposals, bytes);
    // More are left when a transfer of the leadership gave them back: those wait for its end.
    if (left > 0 && this.#proposals.length === left) this.#scheduleTurn();
  }

  /** What one turn proposes, and its bytes; for the rest there is another turn. */
  #takeProposals(): [proposals: Entry[], bytes: number] {
    const [all, allBytes] = [this.#proposals, this.#proposalBytes];
    let [count, bytes] = [all.length, allBytes];
    if (allBytes > turnBytesMax) {
      [count, bytes] = [0, 0];
      do bytes += all[count++]!.data.length;
      while (count < all.length && bytes + all[count]!.data.length <= turnBytesMax);
    }
    this.#proposals = count === all.length ? [] : all.slice(count);
    this.#proposalBytes = allBytes - bytes;
    return [count === all.length ? all : all.slice(0, count), bytes];
  }

  #propose(proposals: Entry[], bytes: number): void {
    const refusal = this.#parts.raft.proposeEntries(proposals);
    if (refusal === undefined) return;
    if (
      refusal.kind === "proposal dropped" &&
      refusal.reason === "leadership transfer in progress"
    ) {
      // Whoever is to lead gets them; if nobody does, this member takes them after all.
      this.#proposals = [...proposals, ...this.#proposals];
      this.#proposalBytes += bytes;
      return;
    }
    const outcome = new EtcdError(Code.Unknown, refusal.message);
    for (const { tag } of proposals) this.#wait.settle(tag as Waiting<Settled>, outcome);
  }

  /**
   * Of those that wait here for a leader: who has waited too long is told that nothing was done (etcd's
   * Propose ends with its context), and who has gone is forgotten, so that a leader to come does not do it.
   */
  #expireHeld(limitMs: number): void {
    for (const { tag } of this.#proposals) {
      const waiting = tag as Waiting<Settled>;
      if (waiting.sinceMs > limitMs) break;
      if (isAwaited(waiting)) this.meters.proposalsFailed++;
      this.#wait.settle(waiting, errors.contextDeadlineExceeded());
    }
    this.#proposals = this.#proposals.filter(({ tag }) => isAwaited(tag));
    this.#proposalBytes = this.#proposals.reduce((sum, { data }) => sum + data.length, 0);
  }

  /**
   * A leader knows what is committed once an entry of its own term is. raft waits for that itself,
   * except where it leads alone: it then answers from a commit index that a crash has set back, since
   * commits are not synced, and a read would miss what was acknowledged before the crash.
   */
  #knowsCommit(): boolean {
    return !this.isLeader || this.#applied.term === this.#parts.raft.term;
  }

  #carryOutAll(): void {
    const { raft } = this.#parts;
    while (raft.hasReady()) {
      const ready = raft.ready();
      if (ready.softState !== undefined) this.#noteLeader(ready.softState.lead);
      if (ready.hardState !== undefined) this.#committedIndex = ready.hardState.commit;
      const local: Message[] = [];
      for (const message of ready.messages) {
        (isForStorage(message) ? local : this.#late).push(message);
      }
      // The others write what is new while this disk does, unless it is of a term not yet on disk.
      if (this.isLeader) this.#parts.failpoint?.("raftBeforeLeaderSend");
      if (ready.entries.length > 0 && !this.#terms.isNew(ready.hardState)) this.#sendLate();
      this.#parts.failpoint?.("raftBeforeSave");
      for (const message of local) {
        if (message.type === MessageType.MsgStorageAppend) this.#append(message);
        else this.#apply(message);
      }
      for (const { index, requestContext } of ready.readStates) {
        this.#reads.confirm(index, requestContext);
      }
      this.#reads.applied(this.#applied.index);
    }
  }

  #sendLate(): void {
    if (this.#late.length === 0) return;
    const late = this.#late;
    this.#late = [];
    this.#terms.send(late);
  }

  #noteLeader(lead: Id64): void {
    if (lead === this.#lead) return;
    this.#lead = lead;
    if (lead !== 0n) {
      this.meters.leaderChangesSeen++;
      if (this.#hadLeader) this.#reads.leaderChanged();
      this.#hadLeader = true;
      for (const { message, stepped } of this.#forwarded.release()) this.receive(message, stepped);
    }
    this.#parts.leaderChanged(this.isLeader);
  }

  /** Hands entries and hard state to the log; answers go out when they are durable. */
  #append(message: Message): void {
    if (this.#behindSnapshot !== undefined) this.#behindSnapshot.push(message);
    else if (message.snapshot !== undefined) this.#saveSnapshot(message, message.snapshot);
    else this.#save(message, undefined);
  }

  /** The snapshot's file and record go before what stands behind it (raft.go `start`). */
  #saveSnapshot(message: Message, snapshot: Snapshot): void {
    this.#behindSnapshot = [];
    this.#parts.saveSnapshot(snapshot, (error) => {
      if (error !== undefined) return this.#giveUp(error);
      if (!this.#stopped) this.#orGiveUp(() => this.#save(message, snapshot));
    });
  }

  /** Its log is durable: now its state replaces ours, and raft may go on from there. */
  #install(snapshot: Snapshot): void {
    const { storage, installSnapshot } = this.#parts;
    const index = snapshotIndex(snapshot);
    assert(index > this.#applied.index, "a snapshot is ahead of what is applied");
    storage.applySnapshot(snapshot);
    installSnapshot(snapshot);
    this.#applied.installed(snapshot);
    this.#memory.installed(index);
    this.#reads.applied(index);
  }

  #save(message: Message, snapshot: Snapshot | undefined): void {
    const { failpoint, wal, storage } = this.#parts;
    const hasState = message.term > 0 || message.commit > 0;
    const state = hasState
      ? { term: message.term, vote: message.vote, commit: message.commit }
      : undefined;
    const isNew = state !== undefined && this.#terms.begin(state);
    const saved = (error: Error | undefined): void => {
      if (error !== undefined) return this.#giveUp(error);
      if (this.#stopped) return;
      failpoint?.("raftAfterSave");
      if (!this.isLeader) failpoint?.("raftBeforeFollowerSend");
      this.#orGiveUp(() => {
        if (snapshot !== undefined) this.#install(snapshot);
        storage.append(message.entries);
        if (isNew) this.#terms.saved();
        this.#deliver(message.responses);
        if (snapshot === undefined) return;
        const behind = this.#behindSnapshot ?? [];
        this.#behindSnapshot = undefined;
        for (const each of behind) this.#append(each);
      });
      this.turn();
    };
    if (snapshot === undefined) return wal.save(state, message.entries, saved);
    // The commit index must be on disk before older segments may go (etcd issue 10219).
    wal.save(state, message.entries, () => {});
    wal.sync(saved);
  }

  #deliver(responses: readonly Message[]): void {
    const outgoing: Message[] = [];
    for (const response of responses) {
      if (response.to === this.settings.id) this.#parts.raft.step(response);
      else outgoing.push(response);
    }
    if (outgoing.length > 0) this.#parts.send(outgoing);
  }

  #apply(message: Message): void {
    this.#applied.apply(message.entries);
    this.#reads.applied(this.#applied.index);
    this.#appliedBytes += payloadSize(message.entries);
    if (this.#appliedBytes < turnBytesMax) this.#deliver(message.responses);
    // Raft hands out no more before it hears that these are applied: other work goes before it.
    else for (const response of message.responses) this.receive(response);
    this.#memory.applied(this.#applied.index, this.#applied.confState);
  }
}
