// Every field of one node, with its invariant. Behaviour lives in the files beside this one.
import { type Id64, zeroId } from "../../base/index.ts";
import type { Settings } from "./host/config.ts";
import { RaftLog } from "./log/log.ts";
import type { Message } from "./messages.ts";
import { ReadOnlyQueue, type ReadState } from "./read-only-queue.ts";
import { ProgressTracker } from "./tracker/tracker.ts";

/** Before its term begins, a node that has to ask first is a pre-candidate. */
export type Role = "follower" | "pre-candidate" | "candidate" | "leader";

export class RaftState {
  readonly settings: Settings;
  readonly id: Id64;

  // What must survive a crash (the third is log.committed): saved before it is acted upon.
  /** Never decreases. */
  term = 0;
  /** Who got our vote in this term; zero for nobody. Never changes from one to another in a term. */
  vote: Id64 = zeroId;
  readonly log: RaftLog;

  role: Role = "follower";
  /** The leader of this term as far as we know, or zero. A leader is its own. */
  lead: Id64 = zeroId;
  readonly tracker: ProgressTracker;
  /** Whether the present configuration has this node as a learner. */
  isLearner = false;

  // Outgoing.
  /** May go out at once. None is addressed to this node. */
  messages: Message[] = [];
  /** Votes and acknowledgements: they go out when everything up to now is on disk. */
  messagesAfterAppend: Message[] = [];
  readStates: ReadState[] = [];

  // Of a leader.
  /** To whom leadership is being handed over, or zero. Meanwhile nothing is proposed. */
  leadTransferee: Id64 = zeroId;
  /** At or after the last configuration change in the log; no other while it is not applied. */
  pendingConfIndex = 0;
  /** Payload bytes proposed and not yet committed; an estimate that is never too high. */
  uncommittedSize = 0;
  readOnly = new ReadOnlyQueue();
  /** Reads that wait for the first commit of this term. */
  pendingReads: Message[] = [];

  // Ticks.
  /** Follower and candidate: since the leader was heard of; leader: since the last quorum check. */
  electionElapsed = 0;
  /** Leader: since the last heartbeat. */
  heartbeatElapsed = 0;
  /** In [electionTicks, 2 * electionTicks), drawn anew for every term and role. */
  randomizedElectionTicks = 0;

  constructor(settings: Settings) {
    this.settings = settings;
    this.id = settings.id;
    this.log = new RaftLog(settings.storage, settings.committedSizeMaxPerReady);
    this.tracker = new ProgressTracker({
      messagesMax: settings.inflightMessagesMax,
      bytesMax: settings.inflightBytesMax,
    });
  }
}
