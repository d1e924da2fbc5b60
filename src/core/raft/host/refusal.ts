// Why a node did not take what it was given. A refusal is an answer, not an exception: the host
// tells the proposer, or forgets the message.

/** Why a proposal was dropped; the proposer may try again, here or elsewhere. */
export type DropReason =
  | "no leader"
  | "forwarding disabled"
  | "not a member"
  | "leadership transfer in progress"
  | "uncommitted size limit"
  | "empty proposal"
  | "malformed configuration change";

/** Nothing was appended or forwarded. `message` is the error etcd's raft gives for all reasons. */
export interface DroppedProposal {
  readonly kind: "proposal dropped";
  readonly reason: DropReason;
  readonly message: string;
}

export type Refusal =
  | DroppedProposal
  /** A message that only a node may send to itself came from outside. */
  | { readonly kind: "local message"; readonly message: string }
  /** No working node could have sent this message. */
  | { readonly kind: "malformed message"; readonly message: string }
  /** A response came from someone who is not in the configuration. */
  | { readonly kind: "peer not found"; readonly message: string };

const dropped = (reason: DropReason): DroppedProposal => ({
  kind: "proposal dropped",
  reason,
  message: "raft proposal dropped",
});

export const refusals = {
  noLeader: dropped("no leader"),
  forwardingDisabled: dropped("forwarding disabled"),
  notMember: dropped("not a member"),
  transferInProgress: dropped("leadership transfer in progress"),
  uncommittedSizeLimit: dropped("uncommitted size limit"),
  emptyProposal: dropped("empty proposal"),
  malformedChange: dropped("malformed configuration change"),
  localMessage: {
    kind: "local message",
    message: "raft: cannot step raft local message",
  },
  malformedMessage: {
    kind: "malformed message",
    message: "raft: cannot step malformed message",
  },
  peerNotFound: {
    kind: "peer not found",
    message: "raft: cannot step as peer not found",
  },
} as const satisfies Record<string, Refusal>;
