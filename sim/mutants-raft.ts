import type { Mutant } from "./mutants.ts";

const raft = (
  name: string,
  about: string,
  file: string,
  snippet: string,
  instead: string,
): Mutant => ({ name, about, file: `src/core/raft/${file}`, snippet, instead, net: "seeds" });

/** Bugs in consensus and in how the member drives it. */
export const raftMutants: readonly Mutant[] = [
  raft(
    "two-votes-a-term",
    "a vote once given is given again to another",
    "election.ts",
    "(raft.vote === zeroId && raft.lead === zeroId)",
    "raft.lead === zeroId",
  ),
  raft(
    "vote-for-short-log",
    "a vote for a log of the same term that ends earlier",
    "log/log.ts",
    "return lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex());",
    "return lastTerm >= term;",
  ),
  raft(
    "vote-for-old-log",
    "a vote for a log that is long and ends in an earlier term",
    "log/log.ts",
    "return lastTerm > term || (lastTerm === term && lastIndex >= this.lastIndex());",
    "return lastIndex >= this.lastIndex();",
  ),
  raft(
    "elected-without-majority",
    "one vote fewer than a majority wins",
    "quorum/majority.ts",
    'if (granted >= needed) return "won";',
    'if (granted >= Math.max(1, needed - 1)) return "won";',
  ),
  raft(
    "commit-on-one-disk",
    "the furthest voter decides what is committed",
    "quorum/majority.ts",
    "acknowledged[count - majoritySize(count)]!",
    "acknowledged[count - 1]!",
  ),
  raft(
    "commit-of-earlier-term",
    "entries of an earlier term are committed by counting (paper 5.4.2)",
    "replication.ts",
    "if (index <= raft.log.committed || !raft.log.matchTerm(index, raft.term)) return false;",
    "if (index <= raft.log.committed) return false;",
  ),
  raft(
    "learner-acknowledges",
    "a learner's acknowledgement counts for the commit",
    "tracker/tracker.ts",
    "const index = jointCommittedIndex(this.#voters, matchOf);",
    "const index = this.#ordered.map((progress) => progress.match).sort((a, b) => b - a)" +
      "[Math.floor(this.#config.incoming.size / 2)]!;",
  ),
  raft(
    "learner-campaigns",
    "a learner may be elected",
    "membership.ts",
    "own !== undefined && !own.isLearner && !raft.log.hasSnapshot",
    "own !== undefined && !raft.log.hasSnapshot",
  ),
  raft(
    "heartbeat-commits-too-far",
    "a heartbeat tells a follower of commits it may not have",
    "replication.ts",
    "heartbeat.commit = Math.min(progress.match, raft.log.committed);",
    "heartbeat.commit = raft.log.committed;",
  ),
  raft(
    "answers-before-disk",
    "etcd 14370: votes and acknowledgements do not wait for the disk",
    "outbox.ts",
    "      message.term = raft.term;\n      raft.messagesAfterAppend.push(message);\n      return;",
    "      message.term = raft.term;\n      if (message.to !== raft.id) { raft.messages.push(message); " +
      "return; }\n      raft.messagesAfterAppend.push(message);\n      return;",
  ),
  raft(
    "read-without-quorum",
    "a leader answers reads without asking whether it still leads",
    "read-only.ts",
    "      raft.readOnly.add(request, raft.log.committed);\n",
    "      respond(raft, request, raft.log.committed);\n      if (1 < 2) return;\n" +
      "      raft.readOnly.add(request, raft.log.committed);\n",
  ),
  raft(
    "read-before-first-commit",
    "etcd 14258: a new leader answers reads before it has committed in its term",
    "read-only.ts",
    "if (!hasCommittedInTerm(raft)) {",
    "if (!hasCommittedInTerm(raft) && raft.term < 0) {",
  ),
  raft(
    "append-without-check",
    "a follower appends without looking at the entry before",
    "log/log.ts",
    "if (!this.matchTerm(previousIndex, previousTerm)) return undefined;",
    "if (previousIndex > this.lastIndex()) return undefined;",
  ),
  raft(
    "old-append-cuts-log",
    "an append that comes late cuts off newer entries",
    "log/log.ts",
    "while (from < entries.length && this.matchTerm(entries[from]!.index, entries[from]!.term)) {",
    "while (from < entries.length && entries[from]!.index <= this.committed) {",
  ),
  raft(
    "stale-leader-heard",
    "messages of an earlier term are taken",
    "step.ts",
    "} else if (message.term < raft.term && message.term !== 0) {",
    "} else if (message.term < 0) {",
  ),
  {
    name: "vote-not-saved",
    about: "the vote of a term is not in the saved hard state",
    file: "src/server/member/member.ts",
    snippet: "{ term: message.term, vote: message.vote, commit: message.commit }",
    instead: "{ term: message.term, vote: 0n, commit: message.commit }",
    net: "seeds",
  },
  {
    name: "term-not-awaited",
    about:
      "a candidate asks for votes, and leads, before its own term is on disk (the simulator found it)",
    file: "src/server/member/term-guard.ts",
    snippet: "if (this.#saves > 0) this.#held.push(...messages);",
    instead: "if (this.#saves < 0) this.#held.push(...messages);",
    net: "seeds",
  },
  {
    name: "reused-read-index-id",
    about: "etcd 20418: every ReadIndex round of a member has the same id",
    file: "src/server/member/member.ts",
    snippet: "nextContext: () => contextOf(this.ids.next()),",
    instead: "nextContext: () => contextOf(1n),",
    net: "seeds",
  },
  {
    name: "read-before-applied",
    about: "a read is answered before the member has applied up to its index",
    file: "src/server/member/read-index.ts",
    snippet: "while (this.#confirmed[0] !== undefined && this.#confirmed[0].index <= index) {",
    instead: "while (this.#confirmed[0] !== undefined && index >= 0) {",
    net: "seeds",
  },
  {
    name: "answers-while-saving",
    about: "etcd 14370: the member answers when the log has begun to write",
    file: "src/server/member/member.ts",
    snippet: "if (snapshot === undefined) return wal.save(state, message.entries, saved);",
    instead:
      "if (snapshot === undefined) {\n      wal.save(state, message.entries, () => {});\n" +
      "      return this.#parts.clock.soon(() => saved(undefined));\n    }",
    net: "seeds",
  },
];
