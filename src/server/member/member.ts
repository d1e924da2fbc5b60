// One running member. Everything that may happen to it gathers in its inbox; a turn takes all of it,
// steps raft once and carries out what raft asks for (docs/adr/0002-pure-core-and-turn.md).
import { assert, type Id64 } from "../../base/index.ts";
import type { Applier, EntryOutcome, Outcome } from "../../core/apply/index.ts";
import type { AuthInfo } from "../../core/auth/index.ts";
import { Code, EtcdError, errors } from "../../core/errors/index.ts";
import {
  encodeInternalRaftRequest,
  type InternalRaftRequestRequestCase,
  makeInternalRaftRequest,
  makeRequestHeader,
} from "../../core/proto/index.ts";
import {
  type Entry,
  EntryType,
  type MemoryStorage,
  type Message,
  MessageType,
  newEntry,
  type RawNode,
} from "../../core/raft/index.ts";
import type { Clock, Log, Failpoint } from "../../io/host/index.ts";
import type { Wal } from "../../io/wal/index.ts";
import { ReadIndex, type ReadDone } from "./read-index.ts";
import { RequestIds } from "./request-ids.ts";
import { Wait, type Waiting } from "./wait.ts";

/** What a proposer gets: the answer, or the error it was refused with. */
export type Settled = Outcome;

export interface MemberSettings {
  readonly id: Id64;
  readonly clusterId: Id64;
  readonly heartbeatMs: number;
  readonly requestTimeoutMs: number;
  readonly maxRequestBytes: number;
  readonly snapshotCatchUpEntries: number;
}

export interface MemberParts {
  readonly settings: MemberSettings;
  readonly raft: RawNode;
  readonly storage: MemoryStorage;
  readonly wal: Wal;
  readonly applier: Applier;
  /** The last entry the state holds that raft will not give out again. */
  readonly appliedIndex: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Peer messages; a member alone has none to send. */
  readonly send: (messages: readonly Message[]) => void;
  /** The end of a turn: watches are delivered, connections write. */
  readonly endTurn: () => void;
  /** The member cannot go on: a disk failed or it contradicts itself. */
  readonly fail: (error: Error) => void;
  readonly leaderChanged: (isLeader: boolean) => void;
  readonly failpoint?: Failpoint | undefined;
  /** A write found the backend over its quota: `answer` when the alarm about it is raised. */
  readonly raiseNoSpace: (answer: () => void) => void;
}

// A member this far behind its own commit index takes no more proposals (etcdserver's
// maxGapBetweenApplyAndCommitIndex).
const applyGapMax = 5000;
// What may wait for a turn, or for a leader. etcd has no such limit: there each waiting call costs a
// goroutine, here nothing but these bytes would stop it.
const waitingProposalBytesMax = 64 * 1024 * 1024;
// A snapshot in memory lets the log be cut; etcd makes one every so many applied entries.
const memoryCompactionInterval = 100;

export class Member {
  readonly settings: MemberSettings;
  readonly ids: RequestIds;
  readonly #parts: MemberParts;
  readonly #wait = new Wait<Settled>();
  readonly #reads: ReadIndex;
  // The inbox.
  #proposals: Entry[] = [];
  #proposalBytes = 0;
  #messages: Message[] = [];
  #ticks = 0;
  #turnIsDue = false;
  #stopped = false;
  #isAlone = false;
  #cancelTick: (() => void) | undefined;
  #lead: Id64 = 0n;
  #committedIndex = 0;
  #appliedIndex = 0;
  #appliedTerm = 0;
  #compactedAt = 0;
  // The term and vote handed to the log last, and what must not be said before they are on disk.
  #term: number;
  #vote: Id64;
  #savesOfTerm = 0;
  #held: Message[] = [];

  constructor(parts: MemberParts) {
    this.#parts = parts;
    const { hardState } = parts.storage.initialState();
    this.#term = hardState?.term ?? 0;
    this.#vote = hardState?.vote ?? 0n;
    this.settings = parts.settings;
    this.#appliedIndex = parts.appliedIndex;
    this.#committedIndex = parts.appliedIndex;
    this.ids = new RequestIds(parts.settings.id, parts.clock.wallMs());
    this.#reads = new ReadIndex(
      {
        ask: (context) => parts.raft.readIndex(context),
        nextContext: () => contextOf(this.ids.next()),
        nowMs: () => parts.clock.nowMs(),
      },
      { timeoutMs: parts.settings.requestTimeoutMs },
    );
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
    return this.#appliedIndex;
  }
  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Begins to tick. A member that is alone begins its first term at once. */
  start(options: { isAlone: boolean }): void {
    this.#isAlone = options.isAlone;
    this.#scheduleTick();
    this.#scheduleTurn();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTick?.();
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
    if (this.#committedIndex > this.#appliedIndex + applyGapMax) {
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

  /** Calls back when a read of this member's state is linearizable. */
  readIndex(done: ReadDone): void {
    if (this.#stopped) return done(errors.stopped());
    this.#reads.join(done);
    this.#scheduleTurn();
  }

  /** A message of a peer. */
  receive(message: Message): void {
    this.#messages.push(message);
    this.#scheduleTurn();
  }

  /** Asks for a turn though nothing new is in the inbox: a watcher came, a stream drained. */
  wake(): void {
    this.#scheduleTurn();
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#parts.clock.after(this.settings.heartbeatMs, () => {
      this.#ticks++;
      this.#scheduleTick();
      this.turn();
    });
  }

  #scheduleTurn(): void {
    if (this.#turnIsDue || this.#stopped) return;
    this.#turnIsDue = true;
    this.#parts.clock.later(() => this.turn());
  }

  /** Takes all that has come, steps once, hands out once. */
  turn(): void {
    this.#turnIsDue = false;
    if (this.#stopped) return;
    this.#orGiveUp(() => {
      this.#stepInbox();
      this.#carryOutAll();
      if (this.#isAlone) this.#campaignAlone();
      this.#parts.endTurn();
    });
  }

  #orGiveUp(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#giveUp(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** A member alone need not wait for an election timeout: nobody else can be leading. */
  #campaignAlone(): void {
    const { raft } = this.#parts;
    if (raft.lead !== 0n || raft.committed === 0 || raft.applied < raft.committed) return;
    this.#isAlone = false;
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
      const now = this.#parts.clock.nowMs();
      this.#wait.expire(now - this.settings.requestTimeoutMs, () => errors.timeout());
      if (this.#proposals.length > 0) this.#forgetTimedOut();
    }
    if (this.#messages.length > 0) {
      const messages = this.#messages;
      this.#messages = [];
      for (const message of messages) raft.step(message);
    }
    if (this.#proposals.length > 0) this.#stepProposals();
    if (this.#knowsCommit()) this.#reads.start();
  }

  /** Without a leader proposals wait here, as etcd's Propose does; their callers time out. */
  #stepProposals(): void {
    const { raft } = this.#parts;
    if (raft.lead === 0n) return;
    const proposals = this.#proposals;
    this.#proposals = [];
    this.#proposalBytes = 0;
    const refusal = raft.proposeEntries(proposals);
    if (refusal === undefined) return;
    const outcome = new EtcdError(Code.Unknown, refusal.message);
    for (const { tag } of proposals) this.#wait.settle(tag as Waiting<Settled>, outcome);
  }

  /** Who was told that it took too long has gone; a leader to come need not do it all the same. */
  #forgetTimedOut(): void {
    this.#proposals = this.#proposals.filter(isAwaited);
    this.#proposalBytes = this.#proposals.reduce((sum, { data }) => sum + data.length, 0);
  }

  /**
   * A leader knows what is committed once an entry of its own term is. raft waits for that itself,
   * except where it leads alone: it then answers from a commit index that a crash has set back, since
   * commits are not synced, and a read would miss what was acknowledged before the crash.
   */
  #knowsCommit(): boolean {
    return !this.isLeader || this.#appliedTerm === this.#parts.raft.term;
  }

  #carryOutAll(): void {
    const { raft } = this.#parts;
    while (raft.hasReady()) {
      const ready = raft.ready();
      if (ready.softState !== undefined) this.#noteLeader(ready.softState.lead);
      if (ready.hardState !== undefined) this.#committedIndex = ready.hardState.commit;
      const outgoing: Message[] = [];
      for (const message of ready.messages) {
        if (message.type === MessageType.MsgStorageAppend) this.#append(message);
        else if (message.type === MessageType.MsgStorageApply) this.#apply(message);
        else outgoing.push(message);
      }
      if (outgoing.length > 0) this.#send(outgoing);
      for (const { index, requestContext } of ready.readStates) {
        this.#reads.confirm(index, requestContext);
      }
      this.#reads.applied(this.#appliedIndex);
    }
  }

  /**
   * Sends, unless a term or vote is still on its way to the disk. A candidate may win without its own
   * vote; one that led, lost its term in a crash and was elected in it once more would write two
   * entries at one place. etcd's member, too, saves before it sends unless it leads already.
   */
  #send(outgoing: Message[]): void {
    if (this.#savesOfTerm > 0) this.#held.push(...outgoing);
    else this.#sendNow(outgoing);
  }

  #sendNow(outgoing: Message[]): void {
    const { failpoint, send } = this.#parts;
    failpoint?.(this.isLeader ? "raftBeforeLeaderSend" : "raftBeforeFollowerSend");
    send(outgoing);
  }

  #termSaved(): void {
    if (--this.#savesOfTerm > 0 || this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    this.#sendNow(held);
  }

  #noteLeader(lead: Id64): void {
    if (lead === this.#lead) return;
    const had = this.#lead !== 0n;
    this.#lead = lead;
    if (had) this.#reads.leaderChanged();
    this.#parts.leaderChanged(this.isLeader);
  }

  /** Hands entries and hard state to the log; answers go out when they are durable. */
  #append(message: Message): void {
    const { failpoint, wal, storage } = this.#parts;
    const hasState = message.term > 0 || message.commit > 0;
    const state = hasState
      ? { term: message.term, vote: message.vote, commit: message.commit }
      : undefined;
    const isNew = state !== undefined && (state.term !== this.#term || state.vote !== this.#vote);
    if (isNew) {
      this.#term = state.term;
      this.#vote = state.vote;
      this.#savesOfTerm++;
    }
    failpoint?.("raftBeforeSave");
    wal.save(state, message.entries, (error) => {
      if (error !== undefined) return this.#giveUp(error);
      if (this.#stopped) return;
      failpoint?.("raftAfterSave");
      this.#orGiveUp(() => {
        storage.append(message.entries);
        if (isNew) this.#termSaved();
        this.#deliver(message.responses);
      });
      this.turn();
    });
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
    for (const entry of message.entries) {
      assert(entry.index === this.#appliedIndex + 1, "entries are applied in order, once");
      this.#applyEntry(entry);
      this.#appliedIndex = entry.index;
      this.#appliedTerm = entry.term;
    }
    this.#reads.applied(this.#appliedIndex);
    this.#deliver(message.responses);
    this.#compactMemory();
  }

  #applyEntry(entry: Entry): void {
    const { applier, raft } = this.#parts;
    switch (entry.type) {
      case EntryType.EntryNormal: {
        if (entry.data.length === 0) {
          // The first entry of a leader: reads asked for before it were not answered.
          this.#reads.askAgain();
          applier.applyEmpty(entry.index, entry.term);
          return;
        }
        this.#settle(entry, applier.apply(entry.index, entry.term, entry.data));
        return;
      }
      case EntryType.EntryConfChange: {
        this.#parts.failpoint?.("beforeApplyOneConfChange");
        this.#settle(entry, applier.applyConfChange(entry.index, entry.term, entry.data, raft));
        return;
      }
      default:
        throw new Error(`unknown entry type ${entry.type}; it is neither normal nor a conf change`);
    }
  }

  #settle(entry: Entry, applied: EntryOutcome): void {
    if (applied.outcome !== errors.noSpace()) return this.#tell(entry, applied);
    this.#parts.raiseNoSpace(() => this.#tell(entry, applied));
  }

  /** Tells whoever proposed the entry here. It carries its caller, unless it came from the log. */
  #tell(entry: Entry, { requestId, outcome }: EntryOutcome): void {
    const { tag } = entry;
    if (tag !== undefined) {
      // The log keeps the entry for a while; it need not keep the caller.
      entry.tag = undefined;
      return this.#wait.settle(tag as Waiting<Settled>, outcome);
    }
    const suffix = this.#wait.size === 0 ? undefined : this.ids.suffixOf(requestId);
    if (suffix !== undefined) this.#wait.settleSuffix(suffix, outcome);
  }

  /** Keeps only the entries a slow follower may still ask for. */
  #compactMemory(): void {
    if (this.#appliedIndex < this.#compactedAt + memoryCompactionInterval) return;
    this.#compactedAt = this.#appliedIndex;
    const { storage, settings } = this.#parts;
    const upTo = this.#appliedIndex - settings.snapshotCatchUpEntries;
    if (upTo >= storage.firstIndex()) storage.compact(upTo);
  }
}

const isAwaited = ({ tag }: Entry): boolean => (tag as Waiting<Settled>).settle !== undefined;

/** Eight bytes, big-endian, as etcd makes read contexts. */
function contextOf(id: Id64): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, id);
  return bytes;
}
