// The scenarios about quorums: what is committed, and who has won, for given voters.
import type { Id64 } from "../../src/base/index.ts";
import {
  type JointConfig,
  jointCommittedIndex,
  jointVoteResult,
} from "../../src/core/raft/quorum/joint.ts";
import { majorityCommittedIndex, majorityVoteResult } from "../../src/core/raft/quorum/majority.ts";
import { type Directive, valuesOf } from "./datadriven.ts";

const resultNames = { pending: "VotePending", lost: "VoteLost", won: "VoteWon" } as const;

export function runQuorumDirective(directive: Directive): string {
  const incoming = valuesOf(directive, "cfg").map(BigInt);
  const second = valuesOf(directive, "cfgj");
  const outgoing = second.filter((id) => id !== "zero").map(BigInt);
  const voters = { incoming: new Set(incoming), outgoing: new Set(outgoing) };
  const all = new Set([...incoming, ...outgoing]);
  const isVote = directive.command === "vote";
  const input = valuesOf(directive, isVote ? "votes" : "idx");
  if (input.length !== all.size) {
    const values = input.map((value) => (value === "_" ? "0" : value)).join(" ");
    const ids = [...all].map((id) => `${id}:{}`).join(" ");
    return `error: mismatched input (explicit or _) for voters map[${ids}]: [${values}]\n`;
  }
  const values = new Map([...all].map((id, at) => [id, input[at]!] as const));
  for (const [id, value] of values) if (value === "_") values.delete(id);
  const isJoint = second.length > 0;
  return isVote ? vote(voters, values, isJoint) : committed(voters, values, isJoint);
}

function committed(
  voters: JointConfig,
  values: ReadonlyMap<Id64, string>,
  isJoint: boolean,
): string {
  const acked = (id: Id64): number | undefined =>
    values.has(id) ? Number(values.get(id)) : undefined;
  const index = isJoint
    ? jointCommittedIndex(voters, acked)
    : majorityCommittedIndex(voters.incoming, acked);
  const same = isJoint
    ? [jointCommittedIndex({ incoming: voters.outgoing, outgoing: voters.incoming }, acked)]
    : [
        jointCommittedIndex({ incoming: voters.incoming, outgoing: new Set<Id64>() }, acked),
        jointCommittedIndex({ incoming: voters.incoming, outgoing: voters.incoming }, acked),
        ...loweredIndexes(voters.incoming, acked, index),
      ];
  const odd = same.filter((each) => each !== index).map((each) => `${each} <-- differs\n`);
  const text = index === Number.POSITIVE_INFINITY ? "∞" : String(index);
  return `${table(voters, acked)}${odd.join("")}${text}\n`;
}

/** A voter that is behind the committed index may be further behind without changing it. */
function loweredIndexes(
  voters: ReadonlySet<Id64>,
  acked: (id: Id64) => number | undefined,
  index: number,
): number[] {
  const found: number[] = [];
  for (const lowered of voters) {
    const own = acked(lowered) ?? 0;
    if (index <= own || own === 0) continue;
    for (const value of [own - 1, 0]) {
      found.push(majorityCommittedIndex(voters, (id) => (id === lowered ? value : acked(id))));
    }
  }
  return found;
}

function vote(voters: JointConfig, values: ReadonlyMap<Id64, string>, isJoint: boolean): string {
  const voteOf = (id: Id64): boolean | undefined =>
    values.has(id) ? values.get(id) === "y" : undefined;
  const result = isJoint
    ? jointVoteResult(voters, voteOf)
    : majorityVoteResult(voters.incoming, voteOf);
  const swapped = { incoming: voters.outgoing, outgoing: voters.incoming };
  const odd = jointVoteResult(swapped, voteOf) === jointVoteResult(voters, voteOf);
  return `${odd ? "" : "differs when swapped\n"}${resultNames[result]}\n`;
}

/** A bar for each voter, the longer the more others it is ahead of. */
function table(voters: JointConfig, acked: (id: Id64) => number | undefined): string {
  const ids = [...new Set([...voters.incoming, ...voters.outgoing])];
  if (ids.length === 0) return "<empty majority quorum>";
  ids.sort((a, b) => (a < b ? -1 : 1));
  const count = ids.length;
  let text = `${" ".repeat(count)}    idx\n`;
  for (const id of ids) {
    const index = acked(id);
    const bar = ids.filter((other) => (acked(other) ?? 0) < (index ?? 0)).length;
    const drawn =
      index === undefined
        ? `?${" ".repeat(count)}`
        : `${"x".repeat(bar)}>${" ".repeat(count - bar)}`;
    text += `${drawn} ${String(index ?? 0).padStart(5)}    (id=${id.toString(16)})\n`;
  }
  return text;
}
