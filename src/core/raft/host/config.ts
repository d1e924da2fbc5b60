// What a node is started with.
import { assert, type Id64, type RandomSource, zeroId } from "../../../base/index.ts";
import { noLimit } from "../log/entry-size.ts";
import type { Storage } from "../log/storage.ts";
import { isLocalTarget } from "../messages.ts";
import type { RaftObserver } from "./events.ts";

/**
 * How a linearizable read is confirmed: "safe" asks a quorum who leads; "lease" trusts the clocks,
 * and needs `checkQuorum`.
 */
export type ReadOnlyOption = "safe" | "lease";

/** The settings of one node (Config of raft.go). Sizes are in bytes, Infinity is no limit. */
export interface Config {
  /** Who this node is: not zero and not one of the two highest numbers. */
  readonly id: Id64;
  /** Without news of a leader for this many ticks, up to twice as many, a follower campaigns. */
  readonly electionTicks: number;
  /** A leader shows itself every so many ticks; fewer than `electionTicks`, a tenth is good. */
  readonly heartbeatTicks: number;
  readonly storage: Storage;
  /** Draws the election timeouts. */
  readonly random: RandomSource;
  /** On a restart, the last entry already applied; entries up to it are not given out again. */
  readonly applied?: number;
  /** Let messages to storage threads take the place of Ready and advance (storage-threads.ts). */
  readonly asyncStorageWrites?: boolean;
  /** The most encoded entry bytes in one append; 0 means one entry a message. */
  readonly messageSizeMax: number;
  /** The most encoded bytes being applied at a time; absent or 0: as `messageSizeMax`. */
  readonly committedSizeMaxPerReady?: number;
  /** The most payload bytes a leader takes before they are committed; absent or 0: no limit. */
  readonly uncommittedSizeMax?: number;
  /** The most appends on the way to one follower. */
  readonly inflightMessagesMax: number;
  /** The most payload bytes on the way to one follower; absent or 0: no limit. */
  readonly inflightBytesMax?: number;
  /** A leader that does not hear of a quorum steps down; followers of a live one do not vote. */
  readonly checkQuorum?: boolean;
  /** Ask who would vote before a term is begun (raft thesis 9.6). */
  readonly preVote?: boolean;
  /**
   * Followers of a leader that fell silent campaign one after another by their ids, the first soon
   * after the election timeout, not by chance. Only with `preVote`; not in Go's raft.
   */
  readonly rankedElections?: boolean;
  readonly readOnlyOption?: ReadOnlyOption;
  /** Followers drop proposals where they would send them on to the leader. */
  readonly disableProposalForwarding?: boolean;
  /**
   * Take configuration changes that do not seem to fit the present configuration. Only for those
   * who check them above raft: one that does not fit when it is applied stops the node.
   */
  readonly disableConfChangeValidation?: boolean;
  /** A leader that is removed or becomes a learner steps down. */
  readonly stepDownOnRemoval?: boolean;
  /** Told what happens, for logs and metrics. */
  readonly observer?: RaftObserver;
}

/** The settings with every default filled in. */
export type Settings = Required<Omit<Config, "observer">> & Pick<Config, "observer">;

/** Checks the settings; the facts are stated in the words of etcd's raft. */
export function settingsOf(config: Config): Settings {
  assert(config.id !== zeroId, "cannot use none as id");
  assert(!isLocalTarget(config.id), "cannot use local target as id");
  assert(config.heartbeatTicks > 0, "heartbeat tick must be greater than 0");
  assert(
    config.electionTicks > config.heartbeatTicks,
    "election tick must be greater than heartbeat tick",
  );
  assert(config.inflightMessagesMax > 0, "max inflight messages must be greater than 0");
  const committedSizeMaxPerReady = config.committedSizeMaxPerReady || config.messageSizeMax;
  assert(committedSizeMaxPerReady > 0, "applying has room for something");
  const inflightBytesMax = orNoLimit(config.inflightBytesMax);
  assert(
    inflightBytesMax >= config.messageSizeMax,
    "max inflight bytes must be >= max message size",
  );
  const readOnlyOption = config.readOnlyOption ?? "safe";
  assert(
    readOnlyOption === "safe" || config.checkQuorum === true,
    "CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased",
  );
  return {
    ...config,
    applied: config.applied ?? 0,
    asyncStorageWrites: config.asyncStorageWrites ?? false,
    committedSizeMaxPerReady,
    uncommittedSizeMax: orNoLimit(config.uncommittedSizeMax),
    inflightBytesMax,
    checkQuorum: config.checkQuorum ?? false,
    preVote: config.preVote ?? false,
    rankedElections: config.rankedElections === true && config.preVote === true,
    readOnlyOption,
    disableProposalForwarding: config.disableProposalForwarding ?? false,
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
  };
}

const orNoLimit = (size: number | undefined): number => size || noLimit;
