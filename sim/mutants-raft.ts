import { type Mutant, mutantsOf } from "./mutant.ts";

const consensusMutants = mutantsOf(
  "seeds",
  [
    [
      "two-votes-a-term",
      "a vote once given is given again to another",
      "election.ts",
      "(raft.vote === zeroId && raft.lead === zeroId)",
      "raft.lead === zeroId",
    ],
    [
      "vote-for-short-log",
      "a vote for a log of the same term that ends earlier",
      "log/log.ts",
      "return lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex());",
      "return lastTerm >= term;",
    ],
    [
      "vote-for-old-log",
      "a vote for a log that is long and ends in an earlier term",
      "log/log.ts",
      "return lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex());",
      "return lastIndex >= this.lastIndex();",
    ],
    [
      "elected-without-majority",
      "one vote fewer than a majority wins",
      "quorum/majority.ts",
      'if (granted >= needed) return "won";',
      'if (granted >= Math.max(1, needed - 1)) return "won";',
    ],
    [
      "commit-on-one-disk",
      "the furthest voter decides what is committed",
      "quorum/majority.ts",
      "acknowledged[count - majoritySize(count)]!",
      "acknowledged[count - 1]!",
    ],
    [
      "commit-of-earlier-term",
      "entries of an earlier term are committed by counting (paper 5.4.2)",
      "replication.ts",
      "if (index <= raft.log.committed || !raft.log.matchTerm(index, raft.term)) return false;",
      "if (index <= raft.log.committed) return false;",
    ],
    [
      "learner-acknowledges",
      "a learner's acknowledgement counts for the commit",
      "tracker/tracker.ts",
      "const index = jointCommittedIndex(this.#voters, matchOf);",
      "const index = this.#ordered.map((progress) => progress.match).sort((a, b) => b - a)" +
        "[Math.floor(this.#config.incoming.size / 2)]!;",
    ],
    [
      "learner-campaigns",
      "a learner may be elected",
      "membership.ts",
      "own !== undefined && !own.isLearner && !raft.log.hasSnapshot",
      "own !== undefined && !raft.log.hasSnapshot",
    ],
    [
      "heartbeat-commits-too-far",
      "a heartbeat tells a follower of commits it may not have",
      "replication.ts",
      "heartbeat.commit = Math.min(progress.match, raft.log.committed);",
      "heartbeat.commit = raft.log.committed;",
    ],
    [
      "answers-before-disk",
      "etcd 14370: votes and acknowledgements do not wait for the disk",
      "outbox.ts",
      "      message.term = raft.term;\n      raft.messagesAfterAppend.push(message);\n      return;",
      "      message.term = raft.term;\n      if (message.to !== raft.id) { raft.messages.push(message); " +
        "return; }\n      raft.messagesAfterAppend.push(message);\n      return;",
    ],
    [
      "read-without-quorum",
      "a leader answers reads without asking whether it still leads",
      "read-only.ts",
      "      raft.readOnly.add(request, raft.log.committed);\n",
      "      respond(raft, request, raft.log.committed);\n      if (1 < 2) return;\n" +
        "      raft.readOnly.add(request, raft.log.committed);\n",
    ],
    [
      "read-before-first-commit",
      "etcd 14258: a new leader answers reads before it has committed in its term",
      "read-only.ts",
      "if (!hasCommittedInTerm(raft)) {",
      "if (!hasCommittedInTerm(raft) && raft.term < 0) {",
    ],
    [
      "append-without-check",
      "a follower appends without looking at the entry before",
      "log/log.ts",
      "if (!this.matchTerm(previousIndex, previousTerm)) return undefined;",
      "if (previousIndex > this.lastIndex()) return undefined;",
    ],
    [
      "old-append-cuts-log",
      "an append that comes late cuts off newer entries",
      "log/log.ts",
      "while (from < entries.length && this.matchTerm(entries[from]!.index, entries[from]!.term)) {",
      "while (from < entries.length && entries[from]!.index <= this.committed) {",
    ],
    [
      "stale-leader-heard",
      "messages of an earlier term are taken",
      "step.ts",
      "} else if (message.term < raft.term && message.term !== 0) {",
      "} else if (message.term < 0) {",
    ],
  ],
  "src/core/raft/",
);

const memberMutants = mutantsOf(
  "seeds",
  [
    [
      "vote-not-saved",
      "the vote of a term is not in the saved hard state",
      "member.ts",
      "{ term: message.term, vote: message.vote, commit: message.commit }",
      "{ term: message.term, vote: 0n, commit: message.commit }",
    ],
    [
      "term-not-awaited",
      "a candidate asks for votes, and leads, before its own term is on disk (the simulator found it)",
      "term-guard.ts",
      "if (this.#saves > 0) this.#held.push(...messages);",
      "if (this.#saves < 0) this.#held.push(...messages);",
    ],
    [
      "reused-read-index-id",
      "etcd 20418: every ReadIndex round of a member has the same id",
      "member.ts",
      "nextContext: () => contextOf(this.ids.next()),",
      "nextContext: () => contextOf(1n),",
    ],
    [
      "read-before-applied",
      "a read is answered before the member has applied up to its index",
      "read-index.ts",
      "while (this.#confirmed[0] !== undefined && this.#confirmed[0].index <= index) {",
      "while (this.#confirmed[0] !== undefined && index >= 0) {",
    ],
    [
      "answers-while-saving",
      "etcd 14370: the member answers when the log has begun to write",
      "member.ts",
      "if (snapshot === undefined) return wal.save(state, message.entries, saved);",
      "if (snapshot === undefined) {\n      wal.save(state, message.entries, () => {});\n" +
        "      return this.#parts.clock.soon(() => saved(undefined));\n    }",
    ],
  ],
  "src/server/member/",
);

/** Bugs in consensus and in how the member drives it. */
export const raftMutants: readonly Mutant[] = [...consensusMutants, ...memberMutants];
