// What raft promises, looked at after every event from outside all members: the invariants of its paper
// and of the TLA+ models, and that nothing a member told another is forgotten by a crash.
import { equalBytes, type Id64, id64Hex, zeroId } from "../src/base/index.ts";
import {
  type Entry,
  type MemoryStorage,
  type Message,
  MessageType,
} from "../src/core/raft/index.ts";
import type { RawNode } from "../src/core/raft/index.ts";
import type { JointConfig } from "../src/core/raft/quorum/joint.ts";
import { stateOf } from "../src/core/raft/raw-node.ts";
import type { RaftState } from "../src/core/raft/state.ts";
import { hold } from "./violation.ts";

/** One member in the eyes of the checks, whichever of its lives it is in. */
export interface RaftWitness {
  readonly name: string;
  readonly id: Id64;
  /** Terms of its log as seen last, by index. */
  terms: number[];
  /** What its storage takes for durable; of the last life while it is down. */
  storage: MemoryStorage | undefined;
  raft: RaftState | undefined;
  term: number;
  committed: number;
  applied: number;
  wasLeader: boolean;
  lastIndex: number;
  lastTerm: number;
  /** Where its log begins: what is before it was cut off, or a snapshot stands for it. */
  firstIndex: number;
  /** What others rely on: it has been in this term, and gave this vote in it. */
  promisedTerm: number;
  promisedVote: Id64;
  /** As it was before the event: an entry may be committed under it and replace it at once. */
  voters: JointConfig | undefined;
}

interface KnownEntry {
  readonly data: Uint8Array;
  readonly type: number;
  readonly previousTerm: number;
}

export class RaftChecks {
  readonly #witnesses: RaftWitness[] = [];
  /** Who led a term. */
  readonly #leaders = new Map<number, string>();
  /** Every entry ever seen, by index and term. */
  readonly #entries: Map<number, KnownEntry>[] = [];
  /** Term of each committed entry, and the term of the leader that committed it. */
  readonly #committed: { readonly term: number; readonly inTerm: number }[] = [
    { term: 0, inTerm: 0 },
  ];
  elections = 0;

  add(name: string, id: Id64): RaftWitness {
    const witness: RaftWitness = {
      name,
      id,
      terms: [0],
      storage: undefined,
      raft: undefined,
      term: 0,
      committed: 0,
      applied: 0,
      wasLeader: false,
      lastIndex: 0,
      lastTerm: 0,
      firstIndex: 1,
      promisedTerm: 0,
      promisedVote: zeroId,
      voters: undefined,
    };
    this.#witnesses.push(witness);
    return witness;
  }

  get committedIndex(): number {
    return this.#committed.length - 1;
  }

  committedTerm(index: number): number | undefined {
    return this.#committed[index]?.term;
  }

  /** A member runs again, or for the first time. */
  started(witness: RaftWitness, node: RawNode, storage: MemoryStorage): void {
    const raft = stateOf(node);
    const claimed = witness.storage;
    hold(
      raft.term >= witness.promisedTerm,
      "hard state survives",
      () =>
        `${witness.name} told others of term ${witness.promisedTerm} and restarts in ${raft.term}`,
    );
    const isSameTerm = raft.term === witness.promisedTerm && witness.promisedVote !== zeroId;
    hold(
      !isSameTerm || raft.vote === witness.promisedVote,
      "hard state survives",
      () =>
        `${witness.name} voted for ${id64Hex(witness.promisedVote)} in term ${raft.term} and ` +
        `restarts with vote ${id64Hex(raft.vote)}`,
    );
    if (claimed !== undefined) checkRecovered(witness, claimed, storage);
    witness.storage = storage;
    witness.raft = raft;
    witness.term = raft.term;
    witness.wasLeader = false;
    witness.voters = undefined;
    witness.committed = 0;
    witness.applied = 0;
    // A snapshot that was taken in and never reached the disk is forgotten with its process.
    witness.firstIndex = Math.min(witness.firstIndex, raft.log.firstIndex());
    this.#noteLog(witness, raft);
  }

  /** A message leaves a member: what it answers must already be beyond loss. */
  sends(witness: RaftWitness, message: Message): void {
    const { type, term, reject } = message;
    if (type === MessageType.MsgAppResp && !reject && message.index > 0) {
      const { storage, raft } = witness;
      // One sync may carry what a leader of a later term put in the place of what is acknowledged to an
      // earlier one. That leader was elected by others than this member, so the earlier one commits nothing
      // by this answer: of its quorum somebody voted later and would have had to acknowledge first.
      const isReplaced = raft !== undefined && term < raft.term;
      hold(
        isReplaced || (storage !== undefined && storage.lastIndex() >= message.index),
        "acknowledged is durable",
        () => `${witness.name} acknowledges ${message.index} with ${storage?.lastIndex()} on disk`,
      );
      this.#promise(witness, term, zeroId);
    } else if (type === MessageType.MsgVoteResp && !reject) {
      this.#promise(witness, term, message.to);
    }
  }

  #promise(witness: RaftWitness, term: number, vote: Id64): void {
    if (term > witness.promisedTerm) {
      witness.promisedTerm = term;
      witness.promisedVote = vote;
    } else if (term === witness.promisedTerm && vote !== zeroId) {
      const { promisedVote } = witness;
      hold(
        promisedVote === zeroId || promisedVote === vote,
        "one vote a term",
        () =>
          `${witness.name} votes for ${id64Hex(vote)} after ${id64Hex(promisedVote)} in ${term}`,
      );
      witness.promisedVote = vote;
    }
  }

  /** To be called after each event of a member. */
  observe(witness: RaftWitness): void {
    const { raft } = witness;
    if (raft === undefined) return;
    hold(
      raft.term >= witness.term,
      "terms only grow",
      () => `${witness.name} went from term ${witness.term} to ${raft.term}`,
    );
    const isLeader = raft.role === "leader";
    const stays = witness.wasLeader && isLeader && raft.term === witness.term;
    this.#noteLog(witness, raft, stays);
    if (isLeader && !stays) this.#elected(witness, raft);
    witness.term = raft.term;
    witness.wasLeader = isLeader;
    this.#noteProgress(witness, raft);
    witness.voters = raft.tracker.config;
    if (isLeader) checkTracker(witness, raft);
  }

  #noteProgress(witness: RaftWitness, raft: RaftState): void {
    const { committed, applied } = raft.log;
    if (committed !== witness.committed) {
      hold(
        committed > witness.committed,
        "commit only grows",
        () => `${witness.name} went from commit ${witness.committed} to ${committed}`,
      );
      this.#noteCommit(witness, raft, committed);
      witness.committed = committed;
    }
    if (applied === witness.applied) return;
    hold(
      applied > witness.applied && applied <= committed,
      "applied is committed",
      () => `${witness.name} applied ${witness.applied} to ${applied} of ${committed}`,
    );
    witness.applied = applied;
  }

  #elected(witness: RaftWitness, raft: RaftState): void {
    const other = this.#leaders.get(raft.term);
    hold(
      other === undefined || other === witness.name,
      "election safety",
      () => `${witness.name} and ${other} both lead term ${raft.term}`,
    );
    hold(!raft.isLearner, "learners do not lead", () => `${witness.name} leads ${raft.term}`);
    this.#leaders.set(raft.term, witness.name);
    this.elections++;
    this.#promise(witness, raft.term, witness.id);
    // What was committed in a term is in the log of every leader of a later one.
    let index = this.committedIndex;
    while (index > 0 && this.#committed[index]!.inTerm >= raft.term) index--;
    const { term } = this.#committed[index]!;
    hold(
      index === 0 || witness.terms[index] === term,
      "leader completeness",
      () =>
        `${witness.name} leads term ${raft.term} with ${witness.terms[index]} at ${index}, ` +
        `where ${term} is committed`,
    );
  }

  /** Takes notice of what changed at the end of a log. */
  #noteLog(witness: RaftWitness, raft: RaftState, isAppendOnly = false): void {
    const { log } = raft;
    const last = log.lastIndex();
    const lastTerm = log.lastTerm();
    this.#noteBeginning(witness, raft);
    if (last === witness.lastIndex && lastTerm === witness.lastTerm) return;
    const { terms } = witness;
    let same = Math.min(last, terms.length - 1);
    const first = log.firstIndex();
    while (same >= first && terms[same] !== log.term(same)) same--;
    hold(
      !isAppendOnly || same === terms.length - 1,
      "a leader only appends",
      () => `${witness.name} had ${terms.length - 1} entries and changed from ${same + 1} on`,
    );
    terms.length = same + 1;
    if (last > same) {
      const entries = log.slice(same + 1, last + 1, Infinity) ?? [];
      for (const entry of entries) {
        this.#noteEntry(witness, entry, terms[entry.index - 1]!);
        terms.push(entry.term);
      }
    }
    hold(terms.length === last + 1, "log matching", () => `${witness.name} has gaps in its log`);
    witness.lastIndex = last;
    witness.lastTerm = lastTerm;
  }

  /** What a log no longer has must be committed: a snapshot stands for nothing else. */
  #noteBeginning(witness: RaftWitness, { log }: RaftState): void {
    const first = log.firstIndex();
    if (first <= witness.firstIndex) return;
    const known = this.#committed[first - 1]?.term;
    hold(
      known !== undefined && known === log.term(first - 1),
      "a log begins with what is committed",
      () => `${witness.name} begins behind ${first - 1} of ${log.term(first - 1)}, not of ${known}`,
    );
    for (let index = witness.firstIndex; index < first; index++) {
      witness.terms[index] = this.#committed[index]!.term;
    }
    witness.firstIndex = first;
  }

  #noteEntry(witness: RaftWitness, entry: Entry, previousTerm: number): void {
    const { index, term, data, type } = entry;
    hold(
      term >= previousTerm,
      "terms grow along a log",
      () => `${witness.name} has term ${term} at ${index} behind ${previousTerm}`,
    );
    const known = (this.#entries[index] ??= new Map());
    const other = known.get(term);
    if (other === undefined) {
      known.set(term, { data, type, previousTerm });
      return;
    }
    hold(
      other.type === type && other.previousTerm === previousTerm && equalBytes(other.data, data),
      "log matching",
      () => `two entries of term ${term} at ${index} differ; ${witness.name} has one`,
    );
  }

  #noteCommit(witness: RaftWitness, raft: RaftState, committed: number): void {
    const known = Math.min(this.committedIndex, committed);
    const term = raft.log.term(known);
    hold(
      known === 0 || term === this.#committed[known]!.term,
      "committed is never lost",
      () =>
        `${witness.name} commits term ${term} at ${known}, committed was ` +
        `${this.#committed[known]!.term}`,
    );
    if (committed === known) return;
    const isFirst = this.committedIndex === 0;
    for (let index = known + 1; index <= committed; index++) {
      this.#committed.push({ term: raft.log.term(index)!, inTerm: raft.term });
    }
    // The first entries of a cluster are committed by its configuration.
    if (isFirst) return;
    this.#checkQuorum(witness, raft, committed);
    if (raft.role !== "leader") return;
    hold(
      raft.log.term(committed) === raft.term,
      "a leader counts only its own term",
      () =>
        `${witness.name} in term ${raft.term} commits ${committed} of ${raft.log.term(committed)}`,
    );
  }

  /** What is committed is on the disks of a quorum. */
  #checkQuorum(witness: RaftWitness, raft: RaftState, index: number): void {
    if (raft.role !== "leader") return;
    const term = raft.log.term(index);
    const haveIt = (voters: ReadonlySet<Id64>): boolean => {
      let count = 0;
      for (const { id, storage } of this.#witnesses) {
        if (voters.has(id) && storage?.term(index) === term) count++;
      }
      return voters.size === 0 || count > voters.size / 2;
    };
    const isDurable = ({ incoming, outgoing }: JointConfig): boolean =>
      haveIt(incoming) && haveIt(outgoing);
    const { voters } = witness;
    hold(
      isDurable(raft.tracker.config) || (voters !== undefined && isDurable(voters)),
      "committed is on a quorum",
      () => `${witness.name} commits ${index} of term ${term}, which no quorum has on disk`,
    );
  }
}

function checkTracker(witness: RaftWitness, raft: RaftState): void {
  for (const { id, match, next } of raft.tracker.ordered) {
    hold(
      match < next,
      "next is beyond match",
      () => `${witness.name} sends ${next} to ${id64Hex(id)}, which has ${match}`,
    );
  }
}

/**
 * Everything the last life took for durable is there, unless entries of a later term, not yet
 * acknowledged, have replaced it.
 */
function checkRecovered({ name }: RaftWitness, claimed: MemoryStorage, found: MemoryStorage): void {
  const last = claimed.lastIndex();
  hold(
    found.lastIndex() >= claimed.firstIndex() - 1,
    "durable survives",
    () =>
      `${name} had a log from ${claimed.firstIndex()} on and finds ${found.lastIndex()} at its end`,
  );
  const first = Math.max(claimed.firstIndex(), found.firstIndex());
  for (let index = first; index <= last; index++) {
    const term = claimed.term(index)!;
    const now = found.term(index);
    if (now === term) continue;
    hold(
      now !== undefined && now > term,
      "durable survives",
      () => `${name} had ${index} of term ${term} on disk and finds ${now ?? "nothing"}`,
    );
    return;
  }
}
